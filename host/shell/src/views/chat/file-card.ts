import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { exactly, sayWhen } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { chatPath, filesPath } from '../../router.ts';
import { excerptOf } from '../../state/files/excerpt.ts';
import { editorsOf, watchEditors } from '../../state/office.ts';
import { nameOf } from '../../state/people.ts';
import '../../styles/chat-files.css';
import { texts } from '../../text/text.ts';
import { editingPeople } from '../edit/editing-people.ts';
import { type FileKind, kindOf } from '../files/kinds.ts';
import '../files/thumbnail.ts';
import { LinkedFile } from './linked-file.ts';

const kinds = {
  sv: {
    folder: 'Mapp',
    picture: 'Bild',
    film: 'Film',
    sound: 'Ljud',
    pdf: 'PDF',
    markdown: 'Text',
    text: 'Text',
    document: 'Dokument',
    sheet: 'Kalkylblad',
    slides: 'Presentation',
    archive: 'Arkiv',
    other: 'Fil',
  },
  en: {
    folder: 'Folder',
    picture: 'Picture',
    film: 'Film',
    sound: 'Sound',
    pdf: 'PDF',
    markdown: 'Text',
    text: 'Text',
    document: 'Document',
    sheet: 'Spreadsheet',
    slides: 'Presentation',
    archive: 'Archive',
    other: 'File',
  },
} satisfies Readonly<Record<'sv' | 'en', Readonly<Record<FileKind, string>>>>;

const words = texts({
  sv: {
    kinds: kinds.sv,
    closed: 'Borttagen, eller så har du inte åtkomst till den.',
    away: 'Går inte att visa just nu.',
  },
  en: {
    kinds: kinds.en,
    closed: 'It was deleted, or you have no access to it.',
    away: 'It cannot be shown right now.',
  },
});

/** What a message links to: as it is called and looks now, wherever it has been moved; opened beside the room. */
@customElement('vf-file-card')
export class FileCardElement extends ShellElement {
  @property() urn = '';
  /** What it was called when it was linked to. */
  @property() name = '';
  @property() room = '';
  @state() private excerpt = '';
  private readonly file = new LinkedFile(this, () => void this.begin());

  private unwatch: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch();
    this.unwatch = () => undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('urn')) return;
    this.file.follow(this.id_);
    this.watch();
  }

  private get id_(): string | undefined {
    return /^urn:valfri:documents:(.+)$/.exec(this.urn)?.[1];
  }

  /** Follows who has it open. */
  private watch(): void {
    const before = this.unwatch;
    this.unwatch = this.id_ === undefined ? () => undefined : watchEditors([this.id_]);
    before();
  }

  /** How a text begins. */
  private async begin(): Promise<void> {
    const { node } = this.file;
    const isText =
      node && ['text', 'markdown', 'sheet'].includes(kindOf(node)) && node.version!.mediaType.startsWith('text/');
    this.excerpt = isText ? await excerptOf(node) : '';
  }

  override render(): TemplateResult {
    const { node, state: known } = this.file;
    if (node) return this.card(node);
    const why = { closed: words.value.closed, away: words.value.away, asked: '', known: '' }[known];
    return html`<span class="small-form">${icon('attach')}</span>
      <span class="about"><strong>${this.name}</strong>${why ? html`<small>${why}</small>` : nothing}</span>`;
  }

  private card(node: DocumentNode): TemplateResult {
    const { id, name, kind, version } = node;
    const to = kind === 'folder' || this.room === '' ? filesPath(id) : chatPath(this.room, { file: id });
    const changed = version ? [sizeOf(version.size), `${nameOf(version.savedBy)} ${sayWhen(version.savedAt)}`] : [];
    const what = [words.value.kinds[kindOf(node)], ...changed];
    return html`<vf-thumbnail .node=${node}></vf-thumbnail>
      <span class="about">
        <a href=${to}><strong>${name}</strong></a>
        <small title=${version ? exactly(version.savedAt) : nothing}>${what.join(' · ')}</small>
        ${editingPeople(editorsOf(id))}
      </span>
      ${this.excerpt ? html`<pre class="excerpt" aria-hidden="true">${this.excerpt}</pre>` : nothing}`;
  }
}
