import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { chatPath, filesPath, go } from '../../router.ts';
import { editorsFor } from '../../state/office.ts';
import { text } from '../../text/text.ts';
import '../files/preview/file-view.ts';
import { previewHead } from '../files/preview/preview-head.ts';
import { previewWords as words } from '../files/preview/words.ts';
import { LinkedFile } from './linked-file.ts';

/** A file beside the room that it was linked to in. */
@customElement('vf-file-panel')
export class FilePanelElement extends ShellElement {
  @property() file = '';
  @property() room = '';
  private readonly linked = new LinkedFile(this);

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('file')) this.linked.follow(this.file);
  }

  override updated(): void {
    if (this.linked.state === 'asked' || this.given === this.file) return;
    this.given = this.file;
    this.querySelector<HTMLElement>('[autofocus]')?.focus();
  }

  /** The file with which it has been given the focus. */
  private given: string | undefined;

  private readonly close = (): void => go(chatPath(this.room));

  override render(): TemplateResult {
    const { node, state } = this.linked;
    if (!node)
      return this.nothingToShow(
        state === 'asked' ? '' : state === 'closed' ? words.value.gone : words.value.unreachable,
      );
    if (node.kind === 'file' && editorsFor(node.name).length > 0) return this.editor(node.id);
    const place = filesPath(node.parent ?? 'shared', { file: node.id });
    return html`<div class="preview in-panel">
      ${previewHead({ node, close: this.close, place })}
      <div class="content"><vf-file-view .node=${node}></vf-file-view></div>
    </div>`;
  }

  private editor(file: string): TemplateResult {
    void import('../edit/edit-view.ts');
    return html`<vf-edit beside .file=${file} .back=${chatPath(this.room)}></vf-edit>`;
  }

  private nothingToShow(why: string): TemplateResult {
    return html`<div class="preview in-panel" aria-busy=${why ? 'false' : 'true'}>
      <div class="head">
        <div></div>
        <button class="icon-btn" autofocus aria-label=${text.value.close} @click=${this.close}>${icon('close')}</button>
      </div>
      <div class="empty" role="status">
        ${
          why
            ? html`${icon('warning')}
                <p>${why}</p>`
            : ''
        }
      </div>
    </div>`;
  }
}
