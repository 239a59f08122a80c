import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { ShellElement } from '../../components/element.ts';
import type { Route } from '../../router.ts';
import '../../styles/operate.css';
import '../../styles/operate-parts.css';
import '../../styles/operate-forms.css';
import '../../styles/operate-move.css';
import { plugins } from './data.ts';
import { operateNav } from './nav.ts';
import { pageOf } from './pages.ts';

type OperateRoute = Extract<Route, { view: 'operate' }>;

/** What an operator sees: the list of pages, and the one they are on. */
@customElement('vf-operate')
export class OperateElement extends ShellElement {
  @property({ attribute: false }) route!: OperateRoute;
  #shown = '';

  override connectedCallback(): void {
    super.connectedCallback();
    // Plugins are what the host was composed of: they do not change while it runs.
    void plugins.refresh();
  }

  private get key(): string {
    const { page, id, part, item } = this.route;
    return [page, id, part, item].join('/');
  }

  override render(): TemplateResult {
    return html`${operateNav(this.route)}
      <main id="main" class="operate" tabindex="-1">
        <div class="wrap">${keyed(this.key, pageOf(this.route))}</div>
      </main>`;
  }

  protected override updated(): void {
    if (this.#shown === this.key) return;
    this.#shown = this.key;
    this.querySelector('main')!.scrollTop = 0;
  }
}
