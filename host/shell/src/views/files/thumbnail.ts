import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import '../../styles/thumbnail.css';
import { thumbnail } from '../../state/files/thumbnails.ts';
import { iconOf, isPicture, kindOf } from './kinds.ts';

/** A file or folder in small: a picture as it looks, anything else by its icon. It says nothing; its name stands beside it. */
@customElement('vf-thumbnail')
export class ThumbnailElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @state() private url: string | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('node') as DocumentNode | undefined;
    if (!changed.has('node') || before?.version?.id === this.node.version?.id) return;
    this.url = undefined;
    if (isPicture(this.node)) void this.load(this.node);
  }

  private async load(node: DocumentNode): Promise<void> {
    const url = await thumbnail(node);
    if (this.node.version?.id === node.version?.id) this.url = url;
  }

  override render(): TemplateResult {
    this.dataset['kind'] = kindOf(this.node);
    if (this.url === undefined) return html`${icon(iconOf(this.node))}`;
    return html`<img src=${this.url} alt="" draggable="false" @error=${() => (this.url = undefined)} />`;
  }
}
