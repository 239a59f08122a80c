import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { openDialog } from '../../../components/dialog.ts';
import { ShellElement } from '../../../components/element.ts';
import { api, explain, failureOf } from '../../../state/api.ts';
import { tell } from '../../../state/notices.ts';
import './file-view.ts';
import { previewHead } from './preview-head.ts';

/** What is done while a file is looked at. */
interface Doing {
  readonly closed: () => void;
  /** Leads to the file before or after it. Absent where there is no list that it is in. */
  readonly step?: (by: 1 | -1) => void;
}

let shown: { readonly element: PreviewElement; readonly close: () => void } | undefined;

/** Shows a file over the page; in the place of the one that is shown, where one is. */
export async function openPreview(file: string, { closed, step }: Doing): Promise<void> {
  try {
    const { node } = await api.documents.get.query({ node: file });
    if (shown) return shown.element.show(node);
    const done = () => {
      shown = undefined;
      closed();
    };
    openDialog(node.name, (close) => html`<vf-preview .node=${node} .close=${close} .step=${step}></vf-preview>`, done);
    const element = document.querySelector<PreviewElement>('dialog vf-preview')!;
    shown = { element, close: element.close };
  } catch (error) {
    tell(explain(failureOf(error)), { kind: 'bad' });
    closed();
  }
}

/** Closes it, where it is shown. */
export function closePreview(): void {
  shown?.close();
}

@customElement('vf-preview')
export class PreviewElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @property({ attribute: false }) close: () => void = () => undefined;
  @property({ attribute: false }) step: ((by: 1 | -1) => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.keys);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.keys);
  }

  override firstUpdated(): void {
    this.querySelector<HTMLElement>('[autofocus]')?.focus();
  }

  /** Shows another file. */
  show(node: DocumentNode): void {
    this.node = node;
    this.closest('dialog')?.setAttribute('aria-label', node.name);
  }

  override render(): TemplateResult {
    const { node, close, step } = this;
    return html`<div class="preview">
      ${previewHead({ node, close, step })}
      <div class="content"><vf-file-view .node=${node}></vf-file-view></div>
    </div>`;
  }

  /** The arrows lead to the files beside it, whatever has the focus, where they are not for a field, a player, or what is wider than its place. */
  private readonly keys = (event: KeyboardEvent): void => {
    const by = ({ ArrowLeft: -1, ArrowRight: 1 } as const)[event.key as 'ArrowLeft'];
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || [...document.querySelectorAll('dialog[open]')].at(-1) !== this.closest('dialog'))
      return;
    if (!by || !this.step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (
      target.closest('input, video, audio') ||
      (target.matches('.pdf-pages, .picture') && target.scrollWidth > target.clientWidth + 1)
    )
      return;
    event.preventDefault();
    this.step(by);
  };
}
