import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { focusFault, textField } from '../../components/field.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { explain, type Failure } from '../../state/api.ts';
import { changePreferences } from '../../state/preferences.ts';
import { language } from '../../text/text.ts';
import { Visit } from './visit-api.ts';
import './visit-node.ts';
import { words } from './words.ts';
import '../../styles/sign-in.css';
import '../../styles/visit.css';

type Stage =
  | { readonly at: 'loading' | 'closed' | 'password' }
  | { readonly at: 'failed'; readonly failure: Failure }
  | { readonly at: 'open'; readonly node: string; readonly role: 'viewer' | 'editor' };

/** What somebody without an account sees who comes by a link: the password it asks for, then what it leads to. */
@customElement('vf-visit')
export class VisitElement extends ShellElement {
  @property() token = '';
  /** Which node below the link's own is looked at. */
  @property() node: string | undefined;
  @state() private stage: Stage = { at: 'loading' };
  @state() private wrong = '';
  private visit = new Visit('');

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('token')) return;
    this.visit = new Visit(this.token);
    void this.begin();
  }

  private readonly begin = (): Promise<void> =>
    this.tried(async () => {
      const known = await this.visit.state();
      if (!known.open && known.needsPassword) this.stage = { at: 'password' };
      else this.enter(known.open ? known : await this.visit.open(undefined));
    });

  private enter(known: Awaited<ReturnType<Visit['open']>>): void {
    if (known.open) this.stage = { at: 'open', node: known.node, role: known.role };
  }

  private async tried(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const failure = error as Failure;
      if (failure.reason === 'CLOSED') this.stage = { at: 'closed' };
      else this.stage = { at: 'failed', failure };
    }
  }

  override render(): TemplateResult {
    const { organisation } = bootstrap.session;
    document.title = organisation;
    return html`<div class="visit">
      <header>
        <span class="mark" aria-hidden="true">V</span
        ><span>${words.value.sharedBy(organisation)}</span>${this.languages()}
      </header>
      ${this.inside()}
    </div>`;
  }

  private languages(): TemplateResult {
    const choice = (which: 'sv' | 'en', name: string) =>
      html`<button
        class="link"
        lang=${which}
        aria-pressed=${language.value === which ? 'true' : 'false'}
        @click=${() => changePreferences({ language: which })}
      >
        ${name}
      </button>`;
    return html`<span class="languages">${choice('sv', 'Svenska')} ${choice('en', 'English')}</span>`;
  }

  private inside(): TemplateResult {
    const { stage } = this;
    switch (stage.at) {
      case 'open':
        return html`<vf-visit-node
          .visit=${this.visit}
          .node=${this.node ?? stage.node}
          .role_=${stage.role}
          @vf-visit-closed=${() => (this.stage = { at: 'closed' })}
        ></vf-visit-node>`;
      case 'password':
        return this.password();
      case 'closed':
        return html`<main id="main" class="empty">
          <h1>${words.value.closed}</h1>
          <p>${words.value.closedHint}</p>
        </main>`;
      case 'failed':
        return html`<main id="main" class="empty">
          <h1>${explain(stage.failure)}</h1>
          <button class="btn" @click=${this.begin}>${words.value.again}</button>
        </main>`;
      default:
        return html`<main id="main" class="empty" aria-busy="true"><h1>${words.value.loading}</h1></main>`;
    }
  }

  private password(): TemplateResult {
    return html`<main id="main" class="sign-in-box">
      <h1>${words.value.locked}</h1>
      <p>${words.value.lockedHint}</p>
      <form @submit=${this.submit} novalidate>
        ${textField({ id: 'password', label: words.value.password, wrong: this.wrong || undefined, type: 'password', autofocus: true })}
        <button class="btn primary wide">${words.value.enter}</button>
      </form>
    </main>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const said = this.querySelector<HTMLInputElement>('#password')!.value;
    this.wrong = said === '' ? words.value.needsPassword : '';
    if (this.wrong === '')
      await this.tried(async () => {
        try {
          this.enter(await this.visit.open(said));
        } catch (error) {
          const { reason = '' } = error as Failure;
          const known: Readonly<Record<string, string>> = {
            PASSWORD: words.value.wrong,
            ATTEMPTS: words.value.tooMany,
          };
          if (known[reason] === undefined) throw error;
          this.wrong = known[reason];
        }
      });
    if (this.wrong !== '') await focusFault(this);
  };
}
