import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../../components/element.ts';
import { icon } from '../../../components/icon.ts';
import { contentUrl } from '../../../state/files/actions.ts';
import '../../../styles/preview.css';
import { iconOf, isPicture, kindOf } from '../kinds.ts';
import './picture-view.ts';
import './text-view.ts';
import { previewWords as words } from './words.ts';

/** What a file holds, shown as befits its kind; wherever it is shown. */
@customElement('vf-file-view')
export class FileViewElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @state() private unplayable = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('node')) this.unplayable = false;
  }

  override render(): TemplateResult {
    const { node } = this;
    if (isPicture(node)) return html`<vf-picture-view .node=${node}></vf-picture-view>`;
    switch (kindOf(node)) {
      case 'pdf':
        void import('./pdf-view.ts');
        return html`<vf-pdf-view .node=${node}></vf-pdf-view>`;
      case 'markdown':
        return html`<vf-text-view .node=${node} markdown></vf-text-view>`;
      case 'film':
      case 'sound':
        return this.unplayable ? this.nothingToShow(words.value.cannotPlay) : this.player();
      default:
        return isText(node)
          ? html`<vf-text-view .node=${node}></vf-text-view>`
          : this.nothingToShow(words.value.cannot);
    }
  }

  /** Another file has a player of its own: one that plays on under another name would deceive. */
  private player(): TemplateResult {
    const { id, version, name } = this.node;
    const [src, failed] = [contentUrl(id), () => (this.unplayable = true)];
    return html`${keyed(
      version!.id,
      kindOf(this.node) === 'film'
        ? html`<video src=${src} controls aria-label=${name} @error=${failed}></video>`
        : html`<audio src=${src} controls aria-label=${name} @error=${failed}></audio>`,
    )}`;
  }

  private nothingToShow(why: string): TemplateResult {
    return html`<div class="empty">
      ${icon(iconOf(this.node))}
      <p>${why}</p>
    </div>`;
  }
}

function isText({ version }: DocumentNode): boolean {
  return /^text\/|^application\/(json|xml)$/.test(version?.mediaType ?? '');
}
