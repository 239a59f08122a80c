import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { homeFolder } from '../../state/files/actions.ts';
import { readAnew } from '../../state/files/folder.ts';
import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

/** Asks where a file or folder is to be. */
export function openMove(node: DocumentNode): void {
  const label = words.value.moveTo(node.name);
  openDialog(label, (close) => html`<vf-move-dialog .node=${node} .close=${close}></vf-move-dialog>`);
}

@customElement('vf-move-dialog')
export class MoveDialogElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @property({ attribute: false }) close: () => void = () => undefined;
  /** The folder that is looked into; absent where the choice is between the tops. */
  @state() private at: DocumentNode | undefined;
  @state() private folders: readonly DocumentNode[] = [];
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open(this.node.parent);
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
      [this.at, this.folders] = [node, nodes.filter(({ kind, id }) => kind === 'folder' && id !== this.node.id)];
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  override render(): TemplateResult {
    const { at } = this;
    const fits = at !== undefined && at.id !== this.node.parent && mayAs(at.role, 'editor');
    return html`<div class="body">
      <h2>${words.value.moveTo(this.node.name)}</h2>
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
        <button class="btn primary" ?disabled=${!fits} @click=${this.move}>${words.value.moveHere}</button>
      </footer>
    </div>`;
  }

  private readonly move = async (): Promise<void> => {
    const { id, name, parent } = this.node;
    try {
      await api.documents.move.mutate({ node: id, parent: this.at!.id });
      this.close();
      const undo = () => void api.documents.move.mutate({ node: id, parent: parent! }).then(readAnew, () => undefined);
      tell(words.value.moved(name), { action: { label: text.value.undo, run: undo } });
      await readAnew();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.reason === 'NAME_TAKEN')
        this.failure = { ...failure, code: 'INVALID', message: words.value.nameTaken };
      else this.failure = failure;
    }
  };
}
