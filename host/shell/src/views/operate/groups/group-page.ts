import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { avatar } from '../../../components/avatar.ts';
import { icon } from '../../../components/icon.ts';
import '../../../components/people-picker.ts';
import type { PeoplePickerElement } from '../../../components/people-picker.ts';
import { go } from '../../../router.ts';
import { api, failureOf } from '../../../state/api.ts';
import { tell } from '../../../state/notices.ts';
import { nameOf } from '../../../state/people.ts';
import { language, text, texts } from '../../../text/text.ts';
import { confirm } from '../confirm.ts';
import { groups, type GroupView } from '../data.ts';
import { tellFailure } from '../explain.ts';
import { field } from '../../../components/field.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Resource } from '../resource.ts';

const words = texts({
  sv: {
    name: 'Namn',
    saved: 'Sparat.',
    members: 'Medlemmar',
    none: 'Ingen är med än.',
    add: 'Lägg till personer',
    addThem: 'Lägg till',
    remove: (name: string) => `Ta ut ${name} ur gruppen`,
    left: (name: string) => `${name} är inte längre med i gruppen.`,
    delete: 'Ta bort gruppen',
    deleteTitle: (name: string) => `Ta bort gruppen ${name}?`,
    deleteBody: 'Personerna blir kvar, men är inte längre med i någon sådan grupp. Det går inte att ångra.',
    deleted: (name: string) => `Gruppen ${name} är borttagen.`,
    bound: 'Gruppen har en egen leverantör av en funktion. Ta bort det valet först, under Funktioner.',
    unknown: 'Gruppen finns inte',
    unknownHint: 'Den kan ha tagits bort.',
  },
  en: {
    name: 'Name',
    saved: 'Saved.',
    members: 'Members',
    none: 'Nobody is in it yet.',
    add: 'Add people',
    addThem: 'Add',
    remove: (name: string) => `Take ${name} out of the group`,
    left: (name: string) => `${name} is no longer in the group.`,
    delete: 'Remove the group',
    deleteTitle: (name: string) => `Remove the group ${name}?`,
    deleteBody: 'The people stay, but are no longer in a group of that name. This cannot be undone.',
    deleted: (name: string) => `The group ${name} is removed.`,
    bound: 'The group has its own provider of a function. Remove that choice first, under Functions.',
    unknown: 'There is no such group',
    unknownHint: 'It may have been removed.',
  },
});

/** One group: its name and its members. */
@customElement('vf-group-page')
export class GroupPageElement extends PageElement {
  @property() group = '';
  private readonly members = new Resource(() => api.groups.members.query({ id: this.group }));

  override connectedCallback(): void {
    super.connectedCallback();
    void groups.refresh();
    void this.members.refresh();
  }

  private get found(): GroupView | undefined {
    return groups.value?.find(({ id }) => id === this.group);
  }

  protected override get heading(): string {
    return this.found?.name ?? pageName('groups');
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading, crumbs: [[paths.groups, pageName('groups')]] })}
    ${whenRead(groups, () => (this.found ? this.body(this.found) : emptyPlace(words.value.unknown, words.value.unknownHint)))}`;
  }

  private body({ name }: GroupView): TemplateResult {
    return html`<form class="sheet" @submit=${this.rename}>
        ${field({
          ...{ id: 'group-name', label: words.value.name },
          input: () =>
            html`<input
              class="input"
              id="group-name"
              name="name"
              required
              maxlength="100"
              autocomplete="off"
              .defaultValue=${name}
            />`,
        })}
        <footer><button class="btn">${text.value.save}</button></footer>
      </form>
      <section>
        <h2>${words.value.members}</h2>
        ${whenRead(this.members, (ids) => this.list(ids))}
        <form class="sheet" @submit=${this.add}>
          <vf-people-picker .label=${words.value.add} .self=${true}></vf-people-picker>
          <footer><button class="btn">${icon('plus')} ${words.value.addThem}</button></footer>
        </form>
      </section>
      <p class="last">
        <button class="btn danger" @click=${() => this.delete(name)}>${icon('trash')} ${words.value.delete}</button>
      </p>`;
  }

  private list(ids: readonly string[]): TemplateResult {
    if (ids.length === 0) return html`<p class="quiet">${words.value.none}</p>`;
    const sorted = ids.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), language.value));
    return html`<ul class="rows">
      ${sorted.map(
        (id) =>
          html`<li>
            ${avatar(id, 'm')}
            <div><a href=${paths.person(id)}>${nameOf(id)}</a></div>
            <button
              class="icon-btn"
              aria-label=${words.value.remove(nameOf(id))}
              title=${words.value.remove(nameOf(id))}
              @click=${() => this.takeOut(id)}
            >
              ${icon('close')}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  private async setMember(person: string, member: boolean): Promise<boolean> {
    try {
      await api.groups.setMember.mutate({ id: this.group, person, member });
      await Promise.all([this.members.refresh(), groups.refresh()]);
      return true;
    } catch (error) {
      tellFailure(failureOf(error));
      return false;
    }
  }

  private async takeOut(person: string): Promise<void> {
    if (!(await this.setMember(person, false))) return;
    const undo = { label: text.value.undo, run: () => void this.setMember(person, true) };
    tell(words.value.left(nameOf(person)), { action: undo });
    if (document.activeElement === document.body) this.querySelector<HTMLElement>('vf-people-picker input')?.focus();
  }

  private readonly add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const picker = this.querySelector<PeoplePickerElement>('vf-people-picker')!;
    for (const person of picker.chosen) if (!(await this.setMember(person, true))) return;
    picker.chosen = [];
    picker.querySelector('input')?.focus();
  };

  private readonly rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.target as HTMLFormElement).get('name'));
    try {
      await api.groups.rename.mutate({ id: this.group, name });
      await groups.refresh();
      tell(words.value.saved);
    } catch (error) {
      tellFailure(failureOf(error));
    }
  };

  private async delete(name: string): Promise<void> {
    const { deleteTitle, deleteBody, delete: verb, deleted, bound } = words.value;
    if (!(await confirm({ title: deleteTitle(name), body: deleteBody, verb, danger: true }))) return;
    try {
      await api.groups.remove.mutate({ id: this.group });
      tell(deleted(name));
      await groups.refresh();
      go(paths.groups);
    } catch (error) {
      tellFailure(failureOf(error), { CONFLICT: bound });
    }
  }
}
