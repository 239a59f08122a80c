import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';

@customElement('vf-operate')
export class OperateElement extends ShellElement {
  @property({ attribute: false }) route: unknown;

  override render(): TemplateResult {
    return html`<main id="main" tabindex="-1"></main>`;
  }
}
