import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { homeFolder } from '../../state/files/actions.ts';
import { text } from '../../text/text.ts';
import { copyAll, moveAll, named } from './many.ts';
import { words } from './words.ts';

/** Asks where files and folders are to be, or their copies. */
export function openMove(nodes: readonly DocumentNode[], how: 'move' | 'copy'): void {
  const label = (how === 'move' ? words.value.moveTo : words.value.copyToWhere)(named(nodes));
  const content = (close: () => void) =>
    html`<vf-move-dialog .nodes=${nodes} .how=${how} .label=${label} .close=${close}></vf-move-dialog>`;
  openDialog(label, content);
}

@customElement('vf-move-dialog')
export class MoveDialogElement extends ShellElement {
  @property({ attribute: false }) nodes: readonly DocumentNode[] = [];
  @property() how: 'move' | 'copy' = 'move';
  @property() label = '';
  @property({ attribute: false }) close: () => void = () => undefined;
  /** The folder that is looked into; absent where the choice is between the tops. */
  @state() private at: DocumentNode | undefined;
  @state() private folders: readonly DocumentNode[] = [];
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open(this.nodes[0]!.parent);
  }

  private async open(folder: string | undefined): Promise<void> {
    this.failure = undefined;
    try {
      if (folder === undefined) {
        const [{ node: home }, { nodes }] = await Promise.all([
          api.documents.get.query({ node: await homeFolder() }),
          api.documents.listShared.query({}),
        ]);
        [this.at, this.folders] = [undefined, [home, ...nodes].filter(({ kind }) => kind === 'folder')];
        return;
      }
      const [{ node }, { nodes }] = await Promise.all([
        api.documents.get.query({ node: folder }),
        api.documents.list.query({ folder, limit: 1_000 }),
      ]);
      [this.at, this.folders] = [
        node,
        nodes.filter(({ kind, id }) => kind === 'folder' && !this.nodes.some((node) => node.id === id)),
      ];
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  override render(): TemplateResult {
    const { at } = this;
    const moves = this.how === 'move';
    const stays = moves && this.nodes.every(({ parent }) => parent === at?.id);
    const fits = at !== undefined && !stays && mayAs(at.role, 'editor');
    return html`<div class="body">
      <h2>${this.label}</h2>
      <p class="at">
        ${at ? html`<button class="icon-btn" aria-label=${words.value.goUp} @click=${() => this.open(at.parent)}>${icon('back')}</button>` : nothing}
        <strong>${at ? at.name || words.value.mine : words.value.places}</strong>
      </p>
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <ul class="folders">
        ${this.folders.map(
          (folder) =>
            html`<li>
              <button @click=${() => this.open(folder.id)}>
                ${icon('folder')}<span>${folder.name || words.value.mine}</span>
              </button>
            </li>`,
        )}
      </ul>
      ${this.folders.length === 0 ? html`<p class="hint">${words.value.topFolder}</p>` : nothing}
      <footer>
        <button class="btn" autofocus @click=${this.close}>${text.value.cancel}</button>
        <button class="btn primary" ?disabled=${!fits} @click=${this.place}>
          ${moves ? words.value.moveHere : words.value.copyHere}
        </button>
      </footer>
    </div>`;
  }

  private readonly place = (): void => {
    this.close();
    void (this.how === 'move' ? moveAll : copyAll)(this.nodes, this.at!.id);
  };
}
