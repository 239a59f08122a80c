import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { newId } from '@valfri/core/ids';
import type { DocumentNode, Version } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import { openDialog } from '../../components/dialog.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { exactly, momentOf } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { download } from '../../state/files/actions.ts';
import { readAnew } from '../../state/files/folder.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

/** Shows what a file held before. */
export function openVersions(node: DocumentNode): void {
  openDialog(
    words.value.versionsOf(node.name),
    (close) => html`<vf-versions .node=${node} .close=${close}></vf-versions>`,
  );
}

@customElement('vf-versions')
export class VersionsElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @property({ attribute: false }) close: () => void = () => undefined;
  @state() private versions: readonly Version[] = [];
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.versions = (await api.documents.listVersions.query({ file: this.node.id })).versions;
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  override render(): TemplateResult {
    return html`<div class="body">
      <h2>${words.value.versionsOf(this.node.name)}</h2>
      ${this.failure ? html`<p class="notice bad" role="alert">${explain(this.failure)}</p>` : nothing}
      <ol class="versions">
        ${this.versions.map((version, i) => this.row(version, i === 0))}
      </ol>
      <footer><button class="btn" autofocus @click=${this.close}>${text.value.close}</button></footer>
    </div>`;
  }

  private row(version: Version, current: boolean): TemplateResult {
    const when = momentOf(version.savedAt);
    return html`<li>
      <div>
        <strong title=${exactly(version.savedAt)}>${when}</strong>
        <small
          >${current ? `${words.value.current} · ` : ''}${words.value.by(nameOf(version.savedBy))} ·
          ${sizeOf(version.size)}</small
        >
      </div>
      <button
        class="icon-btn"
        aria-label="${words.value.download}: ${when}"
        title=${words.value.download}
        @click=${() => download(this.node, version.id)}
      >
        ${icon('download')}
      </button>
      ${current || !mayAs(this.node.role, 'editor') ? nothing : html`<button class="btn" aria-label="${words.value.restore}: ${when}" @click=${() => this.restore(version)}>${words.value.restore}</button>`}
    </li>`;
  }

  private async restore({ id }: Version): Promise<void> {
    try {
      await api.documents.restoreVersion.mutate({ file: this.node.id, version: id, as: newId() });
      this.close();
      tell(words.value.restoredVersion);
      await readAnew();
    } catch (error) {
      this.failure = failureOf(error);
    }
  }
}
