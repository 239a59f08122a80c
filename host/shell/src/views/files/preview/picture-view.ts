import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../../components/element.ts';
import { contentUrl } from '../../../state/files/actions.ts';
import { previewWords as words } from './words.ts';

/** A picture: all of it, or each of its points as one of the screen's. */
@customElement('vf-picture-view')
export class PictureViewElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @state() private whole = true;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('node')) this.whole = true;
  }

  override render(): TemplateResult {
    const one = (whole: boolean, label: string) =>
      html`<button aria-pressed=${this.whole === whole ? 'true' : 'false'} @click=${() => (this.whole = whole)}>
        ${label}
      </button>`;
    return html`<div class="choice-bar" role="group" aria-label=${words.value.scale}>
        ${one(true, words.value.wholePicture)}${one(false, words.value.actualSize)}
      </div>
      <div class="picture ${this.whole ? 'whole' : ''}" tabindex="0" role="region" aria-label=${this.node.name}>
        <img src=${contentUrl(this.node.id)} alt=${this.node.name} @dblclick=${() => (this.whole = !this.whole)} />
      </div>`;
  }
}
