import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode, Grant } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import '../../components/people-picker.ts';
import type { PeoplePickerElement } from '../../components/people-picker.ts';
import { dateOf } from '../../format/dates.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { readAnew } from '../../state/files/folder.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import './share-links.ts';
import { dayOf, endOfDay, shareWords } from './share-words.ts';
import { words } from './words.ts';

const ROLES = ['viewer', 'commenter', 'editor'] as const;
type Given = (typeof ROLES)[number];
const me = bootstrap.session.signedIn?.id;
const isGuest = bootstrap.session.signedIn?.kind === 'guest';

/** Opens the dialog in which people are given a file or folder. */
export function openShare(node: DocumentNode): void {
  const label = words.value.shareOf(node.name);
  openDialog(
    label,
    (close) => html`<vf-share-dialog .node=${node} .close=${close}></vf-share-dialog>`,
    () => void readAnew(),
  );
}

@customElement('vf-share-dialog')
export class ShareDialogElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private owner = '';
  @state() private grants: readonly Grant[] | undefined;
  @state() private wrong: string | undefined;
  @state() private failure: Failure | undefined;
  @state() private busy = false;
  /** Which of the groups are links, and told of below. */
  @state() private links: readonly string[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  override firstUpdated(): void {
    this.querySelector<HTMLInputElement>('vf-people-picker input')?.focus();
  }

  private async load(): Promise<void> {
    await this.doing(async () => {
      const { owner, grants } = await api.documents.listGrants.query({ node: this.node.id });
      [this.owner, this.grants] = [owner, grants];
    });
  }

  private async doing(work: () => Promise<void>): Promise<void> {
    this.failure = undefined;
    this.busy = true;
    try {
      await work();
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.busy = false;
  }

  override render(): TemplateResult {
    return html`<form @submit=${this.submit} novalidate>
        <h2>${words.value.shareOf(this.node.name)}</h2>
        <vf-people-picker label=${words.value.people}></vf-people-picker>
        ${this.wrong ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}
        <div class="share-as">
          <label for="share-role">${words.value.as}</label>
          ${this.roles('viewer', { id: 'share-role', label: words.value.as })}
          <label for="share-until">${shareWords.value.until}</label>
          ${this.lastDay(undefined, { id: 'share-until' })}
          <button class="btn primary" ?disabled=${this.busy}>${words.value.give}</button>
        </div>
        ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
        <h3>${words.value.hasAccess}</h3>
        <ul class="grants">
          ${this.owner ? this.person(this.owner, { can: 'owner', right: html`<span class="quiet">${words.value.owner}</span>` }) : nothing}
          ${this.grants?.filter(({ group }) => !group || !this.links.includes(group)).map((grant) => this.grant(grant))}
        </ul>
      </form>
      ${
        isGuest
          ? nothing
          : html`<vf-share-links
              .node=${this.node}
              @vf-links=${(event: CustomEvent<readonly string[]>) => (this.links = event.detail)}
            ></vf-share-links>`
      }
      <div class="body">
        <footer><button type="button" class="btn" @click=${this.close}>${text.value.close}</button></footer>
      </div>`;
  }

  /** Until which day something is given; the day itself is still one of them. */
  private lastDay(
    until: number | undefined,
    { id, label, change }: { id?: string; label?: string; change?: (until: number | undefined) => void },
  ): TemplateResult {
    return html`<input
      class="input"
      type="date"
      id=${id ?? nothing}
      aria-label=${label ?? nothing}
      min=${dayOf(Date.now())}
      .value=${dayOf(until)}
      @change=${(event: Event) => change?.(endOfDay((event.target as HTMLInputElement).value))}
    />`;
  }

  private roles(
    chosen: Given,
    { id, label, change }: { id?: string; label: string; change?: (role: Given) => void },
  ): TemplateResult {
    return html`<select
      class="input"
      id=${id ?? nothing}
      aria-label=${label}
      @change=${(event: Event) => change?.((event.target as HTMLSelectElement).value as Given)}
    >
      ${ROLES.map((role) => html`<option value=${role} ?selected=${role === chosen}>${words.value.role[role]}</option>`)}
    </select>`;
  }

  private person(id: string, { can, right }: { can: Given | 'owner'; right: TemplateResult }): TemplateResult {
    const name = id === me ? text.value.you_(nameOf(id)) : nameOf(id);
    return html`<li>
      ${avatar(id, 'm')}<span class="who">${name}<span class="quiet">${shareWords.value.can[can]}</span></span
      >${right}
    </li>`;
  }

  private grant(grant: Grant): TemplateResult {
    const { person, group, role, node, until } = grant;
    const name = person ? nameOf(person) : words.value.someGroup;
    const above = node !== this.node.id;
    const right = above
      ? html`<span class="quiet"
          >${words.value.role[role]},
          ${words.value.fromAbove}${until ? html`. ${shareWords.value.untilDay(dateOf(until))}` : nothing}</span
        >`
      : html`${this.roles(role, { label: words.value.given(name), change: (to) => void this.give({ person, group }, to, until) })}
          ${this.lastDay(until, { label: shareWords.value.untilFor(name), change: (to) => void this.give({ person, group }, role, to) })}
          <button
            type="button"
            class="icon-btn small"
            aria-label=${words.value.takeBack(name)}
            @click=${() => this.take({ person, group })}
          >
            ${icon('close')}
          </button>`;
    return person
      ? this.person(person, { can: role, right })
      : html`<li>
          ${icon('people')}<span class="who">${name}<span class="quiet">${shareWords.value.can[role]}</span></span
          >${right}
        </li>`;
  }

  private give(
    whom: { person?: string | undefined; group?: string | undefined },
    role: Given,
    until: number | undefined,
  ): Promise<void> {
    return this.doing(async () => {
      await api.documents.give.mutate({ node: this.node.id, ...whom, role, until });
      await this.load();
    });
  }

  private take(whom: { person?: string | undefined; group?: string | undefined }): Promise<void> {
    return this.doing(async () => {
      await api.documents.take.mutate({ node: this.node.id, ...whom });
      await this.load();
    });
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const picker = this.querySelector<PeoplePickerElement>('vf-people-picker')!;
    const role = this.querySelector<HTMLSelectElement>('#share-role')!.value as Given;
    const until = endOfDay(this.querySelector<HTMLInputElement>('#share-until')!.value);
    this.wrong = picker.chosen.length === 0 ? words.value.needsPeople : undefined;
    if (until !== undefined && until <= Date.now()) this.wrong ??= shareWords.value.past;
    if (this.wrong) return;
    for (const person of picker.chosen) await this.give({ person }, role, until);
    if (!this.failure) picker.chosen = [];
  };
}
