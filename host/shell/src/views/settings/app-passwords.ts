import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { focusFault, textField } from '../../components/field.ts';
import { icon } from '../../components/icon.ts';
import { dateOf } from '../../format/dates.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { documentFeatures } from '../../state/features.ts';
import { announce, tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';
import { appPasswordWords as words } from './app-password-words.ts';

type AppPassword = Awaited<ReturnType<typeof api.appPasswords.list.query>>[number];

/** How to reach one's files from other programs, and the passwords for those. */
@customElement('vf-app-passwords')
export class AppPasswordsElement extends ShellElement {
  @state() private list: readonly AppPassword[] = [];
  @state() private made = '';
  @state() private fault = '';
  @state() private busy = false;

  private get offered(): boolean {
    return bootstrap.session.signedIn?.kind === 'member' && documentFeatures.value !== undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('vf-password-changed', this.emptied);
    if (this.offered) this.load().catch((error: unknown) => tell(explain(failureOf(error)), { kind: 'bad' }));
  }

  override disconnectedCallback(): void {
    document.removeEventListener('vf-password-changed', this.emptied);
    super.disconnectedCallback();
  }

  /** A new password of one's own ends them all. */
  private readonly emptied = (): void => {
    [this.list, this.made] = [[], ''];
  };

  private async load(): Promise<void> {
    this.list = await api.appPasswords.list.query();
  }

  override render(): TemplateResult {
    if (!this.offered) return html``;
    const { title, intro, address, insecure } = words.value;
    return html`<section class="mount">
      <h2>${title}</h2>
      <p>${intro}</p>
      <div class="field">
        <label for="dav-address">${address}</label>
        <input class="input" id="dav-address" readonly .value=${`${location.origin}/dav/`} @focus=${selectAll} />
      </div>
      ${window.isSecureContext ? nothing : html`<p class="hint">${insecure}</p>`} ${this.steps()} ${this.passwords()}
    </section>`;
  }

  private steps(): TemplateResult {
    return html`<details>
      <summary>${words.value.how}</summary>
      <dl>
        ${words.value.steps.map(
          ([system, how]) =>
            html`<dt>${system}</dt>
              <dd>${how}</dd>`,
        )}
      </dl>
    </details>`;
  }

  private passwords(): TemplateResult {
    const { passwords, passwordsIntro, name, nameHint, make } = words.value;
    return html`<h3>${passwords}</h3>
      <p class="hint">${passwordsIntro}</p>
      ${
        this.list.length > 0
          ? html`<ul class="app-passwords">
              ${this.list.map((each) => this.row(each))}
            </ul>`
          : nothing
      }
      ${this.made === '' ? nothing : this.once()}
      <form novalidate @submit=${this.make}>
        ${textField({ id: 'app-name', name: 'name', label: name, hint: nameHint, wrong: this.fault, most: 60 })}
        <button class="btn" ?disabled=${this.busy}>${make}</button>
      </form>`;
  }

  private row({ id, name, madeAt, usedAt }: AppPassword): TemplateResult {
    const { madeOn, usedOn, unused, revoke, revokeNamed } = words.value;
    return html`<li>
      <div>
        <strong>${name}</strong>
        <small>${madeOn(dateOf(madeAt))} · ${usedAt === undefined ? unused : usedOn(dateOf(usedAt))}</small>
      </div>
      <button class="btn" type="button" aria-label=${revokeNamed(name)} @click=${() => this.revoke(id)}>
        ${revoke}
      </button>
    </li>`;
  }

  private once(): TemplateResult {
    const { newPassword, newHint, copy } = words.value;
    return html`<div class="once">
      <label for="app-password">${newPassword}</label>
      <div class="inline">
        <input class="input" id="app-password" readonly .value=${this.made} @focus=${selectAll} />
        <button class="btn primary" type="button" @click=${this.copy}>${icon('copy')} ${copy}</button>
      </div>
      <p class="hint">${newHint}</p>
    </div>`;
  }

  private readonly make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = String(new FormData(form).get('name') ?? '').trim();
    this.fault = name === '' ? words.value.missing : '';
    if (this.fault) return focusFault(this);
    await this.doing(async () => {
      this.made = (await api.appPasswords.make.mutate({ name, scopes: ['webdav'] })).password;
      form.reset();
      await this.load();
      await this.updateComplete;
      announce(words.value.newPassword);
      this.querySelector<HTMLElement>('#app-password')?.focus();
    });
  };

  private async revoke(id: string): Promise<void> {
    await this.doing(async () => {
      await api.appPasswords.revoke.mutate({ id });
      this.made = '';
      await this.load();
      tell(words.value.revoked);
      this.querySelector<HTMLElement>('#app-name')?.focus();
    });
  }

  private async doing(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    try {
      await work();
    } catch (error) {
      tell(explain(failureOf(error)), { kind: 'bad' });
    } finally {
      this.busy = false;
    }
  }

  private readonly copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.made);
      tell(text.value.copied);
    } catch {
      tell(words.value.byHand);
      this.querySelector<HTMLInputElement>('#app-password')?.select();
    }
  };
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}
