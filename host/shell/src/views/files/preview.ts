import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { sayWhen } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { contentUrl, download } from '../../state/files/actions.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import { iconOf } from './kinds.ts';
import { lockedBy } from './locking.ts';
import { words } from './words.ts';

/** How much of a text is shown, in bytes. */
const SHOWN = 256 << 10;

/** Shows a file over the page. */
export async function openPreview(file: string, closed: () => void): Promise<void> {
  try {
    const { node } = await api.documents.get.query({ node: file });
    openDialog(node.name, (close) => html`<vf-preview .node=${node} .close=${close}></vf-preview>`, closed);
  } catch (error) {
    tell(explain(failureOf(error)), { kind: 'bad' });
    closed();
  }
}

@customElement('vf-preview')
export class PreviewElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private said: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.isText) void this.readText();
  }

  private get mediaType(): string {
    return this.node.version?.mediaType ?? '';
  }

  private get isText(): boolean {
    return (
      this.mediaType.startsWith('text/') ||
      this.mediaType === 'application/json' ||
      this.mediaType === 'application/xml'
    );
  }

  private async readText(): Promise<void> {
    if (this.node.version!.size === 0) return void (this.said = '');
    const headers = { range: `bytes=0-${SHOWN - 1}` };
    const answer = await fetch(contentUrl(this.node.id), { headers }).catch(() => undefined);
    this.said = answer?.ok ? await answer.text() : undefined;
  }

  override render(): TemplateResult {
    const { name, version } = this.node;
    return html`<div class="preview">
      <header>
        <div>
          <h2>${name}</h2>
          <small>${sizeOf(version!.size)} · ${sayWhen(version!.modifiedAt)} · ${nameOf(version!.savedBy)}</small>
          ${this.node.lock ? html`<small class="locked">${icon('lock')} ${lockedBy(this.node.lock)}</small>` : nothing}
        </div>
        <button class="btn" @click=${() => download(this.node)}>${icon('download')} ${words.value.download}</button>
        <button class="icon-btn" autofocus aria-label=${text.value.close} @click=${this.close}>${icon('close')}</button>
      </header>
      <div class="content" tabindex="0" role="region" aria-label=${name}>${this.content()}</div>
    </div>`;
  }

  private content(): TemplateResult {
    const url = contentUrl(this.node.id);
    const { mediaType } = this;
    if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(mediaType)) return html`<img src=${url} alt=${this.node.name} />`;
    if (mediaType.startsWith('video/')) return html`<video src=${url} controls></video>`;
    if (mediaType.startsWith('audio/')) return html`<audio src=${url} controls></audio>`;
    if (this.isText && this.said !== undefined)
      return html`<pre>${this.said}</pre>
        ${this.node.version!.size > SHOWN ? html`<p class="hint">${words.value.tooLongToShow}</p>` : nothing}`;
    return html`<div class="empty">
      ${icon(iconOf(this.node))}
      <p>${words.value.cannotPreview}</p>
    </div>`;
  }
}
