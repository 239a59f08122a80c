import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { homeFolder } from '../../state/files/actions.ts';
import { text, texts } from '../../text/text.ts';
import '../../styles/files.css';
import { iconOf } from '../files/kinds.ts';

const words = texts({
  sv: {
    title: 'Välj en fil',
    mine: 'Mina filer',
    shared: 'Delat med mig',
    up: 'En nivå upp',
    none: 'Här finns inget.',
  },
  en: {
    title: 'Choose a file',
    mine: 'My files',
    shared: 'Shared with me',
    up: 'One level up',
    none: 'There is nothing here.',
  },
});

/** Lets one choose a file. */
export function openFilePicker(run: (node: DocumentNode) => void): void {
  openDialog(words.value.title, (close) => html`<vf-file-picker .close=${close} .run=${run}></vf-file-picker>`);
}

@customElement('vf-file-picker')
export class FilePickerElement extends ShellElement {
  @property({ attribute: false }) close: () => void = () => undefined;
  @property({ attribute: false }) run: (node: DocumentNode) => void = () => undefined;
  /** The folder that is looked into; absent where the choice is between the tops. */
  @state() private at: DocumentNode | undefined;
  @state() private nodes: readonly DocumentNode[] | undefined;
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open(undefined);
  }

  private async open(folder: DocumentNode | undefined): Promise<void> {
    try {
      if (folder) this.nodes = (await api.documents.list.query({ folder: folder.id, limit: 1_000 })).nodes;
      else this.nodes = await tops();
      [this.at, this.failure] = [folder, undefined];
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  private async up(): Promise<void> {
    const { parent } = this.at!;
    await this.open(parent === undefined ? undefined : (await api.documents.get.query({ node: parent })).node);
  }

  override render(): TemplateResult {
    const { at, nodes } = this;
    return html`<div class="body">
      <h2>${words.value.title}</h2>
      ${at ? html`<p class="at"><button class="icon-btn" aria-label=${words.value.up} @click=${this.up}>${icon('back')}</button><strong>${at.name || words.value.mine}</strong></p>` : nothing}
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <ul class="folders">
        ${nodes?.map(
          (node) =>
            html`<li>
              <button @click=${() => this.choose(node)}>
                ${icon(iconOf(node))}<span>${node.name || words.value.mine}</span>
              </button>
            </li>`,
        )}
      </ul>
      ${nodes?.length === 0 ? html`<p class="hint">${words.value.none}</p>` : nothing}
      <footer><button class="btn" autofocus @click=${this.close}>${text.value.cancel}</button></footer>
    </div>`;
  }

  private choose(node: DocumentNode): void {
    if (node.kind === 'folder') return void this.open(node);
    this.close();
    this.run(node);
  }
}

async function tops(): Promise<readonly DocumentNode[]> {
  const [home, { nodes }] = await Promise.all([
    homeFolder().then(async (node) => (await api.documents.get.query({ node })).node),
    api.documents.listShared.query({}),
  ]);
  return [home, ...nodes];
}
