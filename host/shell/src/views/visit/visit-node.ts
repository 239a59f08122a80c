import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { sayWhen } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { explain, type Failure } from '../../state/api.ts';
import { iconOf } from '../files/kinds.ts';
import type { Visit } from './visit-api.ts';
import { words } from './words.ts';

/** A file or folder as somebody sees it who comes by a link. */
@customElement('vf-visit-node')
export class VisitNodeElement extends ShellElement {
  @property({ attribute: false }) visit!: Visit;
  @property() node = '';
  /** What the link is for. */
  @property({ attribute: false }) role_: 'viewer' | 'editor' = 'viewer';
  @state() private shown: DocumentNode | undefined;
  @state() private above: readonly { readonly id: string; readonly name: string }[] = [];
  @state() private entries: readonly DocumentNode[] = [];
  @state() private next: string | undefined;
  @state() private said = '';
  @state() private failure: Failure | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('node')) void this.tried(() => this.load());
  }

  private async load(): Promise<void> {
    const { node, above } = await this.visit.get(this.node);
    const { nodes, next } = node.kind === 'folder' ? await this.visit.list(node.id) : { nodes: [], next: undefined };
    [this.shown, this.above, this.entries, this.next] = [node, above, nodes, next];
  }

  private readonly more = (): Promise<void> =>
    this.tried(async () => {
      const { nodes, next } = await this.visit.list(this.node, this.next);
      [this.entries, this.next] = [[...this.entries, ...nodes], next];
    });

  /** What the link led to may have ended while it was looked at. */
  private async tried(work: () => Promise<void>): Promise<void> {
    this.failure = undefined;
    try {
      await work();
    } catch (error) {
      this.failure = error as Failure;
      if (this.failure.reason === 'CLOSED') this.dispatchEvent(new CustomEvent('vf-visit-closed'));
    }
  }

  override render(): TemplateResult {
    const { shown, failure } = this;
    const problem = failure
      ? html`<p class="notice bad" role="alert">
          ${failure.code === 'NOT_FOUND' ? words.value.gone : explain(failure)}
        </p>`
      : nothing;
    if (!shown)
      return html`<main id="main" aria-busy=${failure ? 'false' : 'true'}>
        ${problem}${failure ? nothing : html`<p>${words.value.loading}</p>`}
      </main>`;
    return html`<main id="main">
      ${this.path()}
      <div class="title">
        <h1>${icon(iconOf(shown))} ${shown.name}</h1>
        ${shown.kind === 'file' ? this.downloadLink(shown) : this.role_ === 'editor' ? this.handIn(shown) : nothing}
      </div>
      ${problem}
      <p role="status" class="said">${this.said}</p>
      ${shown.kind === 'file' ? this.file(shown) : this.folder(shown)}
    </main>`;
  }

  private path(): TemplateResult | typeof nothing {
    if (this.above.length === 0) return nothing;
    return html`<nav class="path" aria-label=${words.value.above}>
      ${this.above.map(({ id, name }) => html`<a href=${this.visit.pathOf(id)}>${name}</a> <span aria-hidden="true">/</span> `)}
    </nav>`;
  }

  private downloadLink({ id, name }: DocumentNode): TemplateResult {
    return html`<a class="btn primary" href=${this.visit.contentUrl(id, { download: true })} download=${name}
      >${icon('download')} ${words.value.download}</a
    >`;
  }

  private handIn({ id }: DocumentNode): TemplateResult {
    return html`<label class="btn primary hand-in"
      >${icon('upload')} ${words.value.upload}<input
        type="file"
        multiple
        @change=${(event: Event) => this.upload(id, event.target as HTMLInputElement)}
    /></label>`;
  }

  private async upload(folder: string, input: HTMLInputElement): Promise<void> {
    await this.tried(async () => {
      for (const file of input.files ?? []) {
        this.said = words.value.uploading(file.name);
        await this.visit.upload(folder, file);
      }
      this.said = words.value.uploaded;
      await this.load();
    });
    if (this.failure) this.said = '';
    input.value = '';
  }

  private folder({ name }: DocumentNode): TemplateResult {
    if (this.entries.length === 0) return html`<p class="empty">${words.value.empty}</p>`;
    return html`<ul class="entries" aria-label=${words.value.contents(name)}>
        ${this.entries.map((entry) => this.entry(entry))}
      </ul>
      ${this.next ? html`<button class="btn" @click=${this.more}>${words.value.more}</button>` : nothing}`;
  }

  private entry(entry: DocumentNode): TemplateResult {
    const { id, name, kind, version } = entry;
    const about = version
      ? html`<small>${sizeOf(version.size)} · ${sayWhen(version.modifiedAt)}</small>`
      : html`<small>${words.value.folder}</small>`;
    return html`<li>
      <a class="name" href=${this.visit.pathOf(id)}>${icon(iconOf(entry))}<span>${name} ${about}</span></a>
      ${kind === 'file' ? html`<a class="icon-btn" href=${this.visit.contentUrl(id, { download: true })} download=${name} aria-label=${words.value.downloadOf(name)}>${icon('download')}</a>` : nothing}
    </li>`;
  }

  private file({ id, name, version }: DocumentNode): TemplateResult {
    const url = this.visit.contentUrl(id);
    const mediaType = version?.mediaType ?? '';
    const about = html`<p class="quiet">${sizeOf(version!.size)} · ${sayWhen(version!.modifiedAt)}</p>`;
    if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(mediaType)) return html`${about}<img src=${url} alt=${name} />`;
    if (mediaType.startsWith('video/')) return html`${about}<video src=${url} controls></video>`;
    if (mediaType.startsWith('audio/')) return html`${about}<audio src=${url} controls></audio>`;
    return html`${about}
      <p>${words.value.noPreview}</p>`;
  }
}
