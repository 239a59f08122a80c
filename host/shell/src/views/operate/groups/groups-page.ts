import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { go } from '../../../router.ts';
import { api, failureOf } from '../../../state/api.ts';
import { text, texts } from '../../../text/text.ts';
import { openDialog } from '../../../components/dialog.ts';
import { groups } from '../data.ts';
import { tellFailure } from '../explain.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';

const words = texts({
  sv: {
    lead: 'En grupp kan få en egen leverantör av en funktion.',
    add: 'Lägg till en grupp',
    name: 'Gruppens namn',
    none: 'Inga grupper än',
    noneHint: 'Samla personer i en grupp för att till exempel låta dem prova en annan leverantör först.',
  },
  en: {
    lead: 'A group can have a provider of its own for a function.',
    add: 'Add a group',
    name: 'Name of the group',
    none: 'No groups yet',
    noneHint: 'Gather people in a group, for example to let them try another provider first.',
  },
});

/** The groups of the organisation. */
@customElement('vf-groups-page')
export class GroupsPageElement extends PageElement {
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void groups.refresh();
  }

  protected override get heading(): string {
    return pageName('groups');
  }

  override render(): TemplateResult {
    const add = html`<button class="btn primary" @click=${this.open}>${icon('plus')} ${words.value.add}</button>`;
    return html`${pageHead({ title: this.heading, lead: words.value.lead, actions: add })}
    ${whenRead(groups, (all) =>
      all.length === 0
        ? emptyPlace(words.value.none, words.value.noneHint, add)
        : html`<ul class="rows">
            ${all.map(
              ({ id, name, memberCount }) =>
                html`<li class="link-box">
                  <div>
                    <a href=${paths.group(id)}>${name}</a>
                    <p class="quiet">${text.value.members(Number(memberCount))}</p>
                  </div>
                </li>`,
            )}
          </ul>`,
    )}`;
  }

  private readonly open = (): void => {
    openDialog(
      words.value.add,
      (close) =>
        html`<form @submit=${(event: SubmitEvent) => this.add(event, close)}>
          <h2>${words.value.add}</h2>
          <div class="field">
            <label for="group-name">${words.value.name}</label>
            <input class="input" id="group-name" name="name" required maxlength="100" autocomplete="off" autofocus />
          </div>
          <footer>
            <button type="button" class="btn" @click=${close}>${text.value.cancel}</button>
            <button class="btn primary">${words.value.add}</button>
          </footer>
        </form>`,
    );
  };

  private async add(event: SubmitEvent, close: () => void): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    const name = String(new FormData(event.target as HTMLFormElement).get('name'));
    try {
      const { id } = await api.groups.add.mutate({ name });
      close();
      await groups.refresh();
      go(paths.group(id));
    } catch (error) {
      tellFailure(failureOf(error));
    } finally {
      this.busy = false;
    }
  }
}
