import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { newId } from '@valfri/core/ids';
import type { DocumentNode } from '@valfri/sdk';
import { nameFault } from '@valfri/sdk/documents';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { focusFault, textField } from '../../components/field.ts';
import { filesPath, go } from '../../router.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { readAnew } from '../../state/files/folder.ts';
import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

type What = 'folder' | 'shared' | 'rename';

interface About {
  readonly parent?: string;
  readonly node?: DocumentNode;
}

/** Asks for the name of a new folder, or for another name. */
export async function askName(what: What, about: About): Promise<void> {
  const label = { folder: words.value.newFolder, shared: words.value.newShared, rename: words.value.rename }[what];
  openDialog(
    label,
    (close) => html`<vf-name-dialog .what=${what} .about=${about} .label=${label} .close=${close}></vf-name-dialog>`,
  );
}

@customElement('vf-name-dialog')
export class NameDialogElement extends ShellElement {
  @property() what: What = 'folder';
  @property({ attribute: false }) about: About = {};
  @property() label = '';
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private wrong: string | undefined;
  @state() private failure: Failure | undefined;
  @state() private busy = false;

  override firstUpdated(): void {
    const input = this.querySelector('input')!;
    input.focus();
    // The ending stays as it is unless one wants it otherwise.
    const dot = input.value.lastIndexOf('.');
    input.setSelectionRange(0, dot > 0 ? dot : input.value.length);
  }

  override render(): TemplateResult {
    const rename = this.what === 'rename';
    return html`<form @submit=${this.submit}>
      <h2>${this.label}</h2>
      ${textField({
        id: 'node-name',
        label: rename ? words.value.newName : words.value.folderName,
        hint: this.what === 'shared' ? words.value.sharedHint : undefined,
        wrong: this.wrong,
        value: this.about.node?.name ?? '',
        most: 255,
        autofocus: true,
      })}
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <footer>
        <button type="button" class="btn" @click=${this.close}>${text.value.cancel}</button>
        <button class="btn primary" ?disabled=${this.busy}>${rename ? words.value.rename : words.value.create}</button>
      </footer>
    </form>`;
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.target as HTMLFormElement).get('node-name') ?? '').trim();
    [this.wrong, this.failure] = [nameFault(name) ? words.value.nameFault : undefined, undefined];
    if (this.wrong) return focusFault(this);
    this.busy = true;
    try {
      await this.save(name);
      this.close();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.reason === 'NAME_TAKEN') this.wrong = words.value.nameTaken;
      else this.failure = failure;
      this.busy = false;
      await focusFault(this);
    }
  };

  private async save(name: string): Promise<void> {
    const { parent, node } = this.about;
    if (node) {
      await api.documents.move.mutate({ node: node.id, name });
      tell(words.value.renamed(name), {
        action: {
          label: text.value.undo,
          run: () => void api.documents.move.mutate({ node: node.id, name: node.name }).catch(() => undefined),
        },
      });
      return readAnew();
    }
    const { node: made } = await api.documents.createFolder.mutate({
      id: newId(),
      name,
      ...(parent ? { parent } : {}),
    });
    if (this.what === 'shared') go(filesPath(made.id));
    else await readAnew();
  }
}
