import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { sizeOf } from '../../format/numbers.ts';
import { progress } from '../../state/files/many.ts';
import { chooseNone, chosenCount, chosenNodes } from '../../state/files/selection.ts';
import { itemsForMany } from './file-menu.ts';
import { words } from './words.ts';

/** How many are chosen, and what can be done to them; in the place of the columns' names. */
@customElement('vf-selection-bar')
export class SelectionBarElement extends ShellElement {
  override render(): TemplateResult {
    const nodes = chosenNodes();
    const size = nodes.reduce((sum, { version }) => sum + (version?.size ?? 0), 0);
    const under = progress.value;
    return html`<div class="selection" role="group" aria-label=${words.value.chosenActions}>
      <button
        class="icon-btn"
        aria-label=${words.value.chooseNone}
        title=${words.value.chooseNone}
        @click=${chooseNone}
      >
        ${icon('close')}
      </button>
      <span class="how-many" role="status"
        >${words.value.chosen(chosenCount.value)}${size > 0 ? html` <small>${sizeOf(size)}</small>` : ''}</span
      >
      ${
        under
          ? html`<progress
              max=${under.of}
              .value=${under.done}
              aria-label=${words.value.underWay(under.done, under.of)}
            ></progress>`
          : itemsForMany(nodes).map(
              ({ label, icon: name, danger, run }) =>
                html`<button class="act ${danger ? 'danger' : ''}" title=${label} @click=${run}>
                  ${icon(name!)}<span>${label}</span>
                </button>`,
            )
      }
    </div>`;
  }
}
