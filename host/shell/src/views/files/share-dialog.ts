import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode, Grant } from '@valfri/sdk';
import { avatar } from '../../components/avatar.ts';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import '../../components/people-picker.ts';
import type { PeoplePickerElement } from '../../components/people-picker.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { readAnew } from '../../state/files/folder.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

const ROLES = ['viewer', 'commenter', 'editor'] as const;
type Given = (typeof ROLES)[number];
const me = bootstrap.session.signedIn?.id;

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
    return html`<form @submit=${this.submit}>
      <h2>${words.value.shareOf(this.node.name)}</h2>
      <vf-people-picker label=${words.value.people}></vf-people-picker>
      ${this.wrong ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}
      <div class="share-as">
        <label for="share-role">${words.value.as}</label>
        ${this.roles('viewer', { id: 'share-role', label: words.value.as })}
        <button class="btn primary" ?disabled=${this.busy}>${words.value.give}</button>
      </div>
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <h3>${words.value.hasAccess}</h3>
      <ul class="grants">
        ${this.owner ? this.person(this.owner, html`<span class="quiet">${words.value.owner}</span>`) : nothing}
        ${this.grants?.map((grant) => this.grant(grant))}
      </ul>
      <footer><button type="button" class="btn" @click=${this.close}>${text.value.close}</button></footer>
    </form>`;
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

  private person(id: string, right: TemplateResult): TemplateResult {
    const name = id === me ? text.value.you_(nameOf(id)) : nameOf(id);
    return html`<li>${avatar(id, 'm')}<span class="who">${name}</span>${right}</li>`;
  }

  private grant(grant: Grant): TemplateResult {
    const { person, group, role, node } = grant;
    const name = person ? nameOf(person) : words.value.someGroup;
    const above = node !== this.node.id;
    const right = above
      ? html`<span class="quiet">${words.value.role[role]}, ${words.value.fromAbove}</span>`
      : html`${this.roles(role, { label: words.value.given(name), change: (to) => void this.give({ person, group }, to) })}
          <button
            type="button"
            class="icon-btn small"
            aria-label=${words.value.takeBack(name)}
            @click=${() => this.take({ person, group })}
          >
            ${icon('close')}
          </button>`;
    return person
      ? this.person(person, right)
      : html`<li>${icon('people')}<span class="who">${name}</span>${right}</li>`;
  }

  private give(whom: { person?: string | undefined; group?: string | undefined }, role: Given): Promise<void> {
    return this.doing(async () => {
      await api.documents.give.mutate({ node: this.node.id, ...whom, role });
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
    this.wrong = picker.chosen.length === 0 ? words.value.needsPeople : undefined;
    if (this.wrong) return;
    for (const person of picker.chosen) await this.give({ person }, role);
    if (!this.failure) picker.chosen = [];
  };
}
