import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { sizeOf } from '../../format/numbers.ts';
import { avatar } from '../../components/avatar.ts';
import { chatPath, editPath, filesPath, route } from '../../router.ts';
import { api, failureOf } from '../../state/api.ts';
import '../../styles/chat-files.css';
import { onEvents } from '../../state/live.ts';
import { editorsFor, editorsOf, watchEditors } from '../../state/office.ts';
import { nameOf } from '../../state/people.ts';
import { texts } from '../../text/text.ts';
import { words as editing } from '../edit/words.ts';
import { iconOf } from '../files/kinds.ts';

const words = texts({
  sv: { closed: 'Du har inte åtkomst till den, eller så är den borttagen.', folder: 'Mapp' },
  en: { closed: 'You have no access to it, or it was deleted.', folder: 'Folder' },
});

/** What a message links to: as it is called now, wherever it has been moved. */
@customElement('vf-file-card')
export class FileCardElement extends ShellElement {
  @property() urn = '';
  /** What it was called when it was linked to. */
  @property() name = '';
  @state() private node: DocumentNode | undefined;
  @state() private closed = false;
  private stop: () => void = () => undefined;
  private unwatch: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
    this.unwatch = watchEditors([this.id_]);
    const again = () => void this.look();
    this.stop = onEvents({
      'node.changed': ({ node }) => node === this.id_ && again(),
      'access.given': () => this.closed && again(),
      'binding.changed': again,
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.unwatch();
    this.unwatch = () => undefined;
  }

  private get id_(): string {
    return this.urn.split(':').at(-1)!;
  }

  private async look(): Promise<void> {
    if (!this.urn.startsWith('urn:valfri:documents:')) return;
    try {
      this.node = (await api.documents.get.query({ node: this.id_ })).node;
      this.closed = false;
    } catch (error) {
      if (failureOf(error).code === 'NOT_FOUND') [this.node, this.closed] = [undefined, true];
    }
  }

  override render(): TemplateResult {
    const { node } = this;
    if (!node)
      return html`${icon('attach')}<span
          ><strong>${this.name}</strong>${this.closed ? html`<small>${words.value.closed}</small>` : nothing}</span
        >`;
    const how = node.version ? sizeOf(node.version.size) : words.value.folder;
    return html`${icon(iconOf(node))}<a href=${this.to(node)}><strong>${node.name}</strong></a
      ><small>${how}</small>${this.editors()}`;
  }

  /** A file that can be edited is opened beside the room; all else where it lies. */
  private to({ kind, name }: DocumentNode): string {
    if (kind !== 'file' || editorsFor(name).length === 0) return filesPath(this.id_);
    const here = route.value;
    return here.view === 'chat' && here.room ? chatPath(here.room, { file: this.id_ }) : editPath(this.id_);
  }

  private editors(): TemplateResult | typeof nothing {
    const people = editorsOf(this.id_);
    if (people.length === 0) return nothing;
    const said = editing.value.editing(people.map(nameOf).join(', '));
    return html`<span class="editing" title=${said}
      >${people.slice(0, 3).map((person) => avatar(person, 's'))}<span class="visually-hidden">${said}</span></span
    >`;
  }
}
