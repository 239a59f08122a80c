import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import { ShellElement } from '../../components/element.ts';
import { icon, type IconName } from '../../components/icon.ts';
import { openMenu } from '../../components/menu.ts';
import { filesPath, go, type Route } from '../../router.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { homeFolder } from '../../state/files/actions.ts';
import { count, entries, listFailure, readAnew, show } from '../../state/files/folder.ts';
import { onArrival, sendFiles } from '../../state/files/uploads.ts';
import { documentFeatures } from '../../state/features.ts';
import { onEvents } from '../../state/live.ts';
import { pageTitle } from '../../state/page-title.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import '../../styles/files.css';
import './file-list.ts';
import './trash-list.ts';
import './upload-tray.ts';
import { askName } from './name-dialog.ts';
import { droppedFiles, filesOf, sendTree } from './dropped.ts';
import { text } from '../../text/text.ts';
import { newFileItems } from './new-file.ts';
import { words } from './words.ts';

type FilesRoute = Extract<Route, { view: 'files' }>;

/** Files: where one can look, the folder that is open, and what is on its way there. */
@customElement('vf-files')
export class FilesElement extends ShellElement {
  @property({ attribute: false }) route: FilesRoute = { view: 'files', place: 'home' };
  /** The folder that is open. */
  @state() private folder: DocumentNode | undefined;
  @state() private above: readonly { readonly id: string; readonly name: string }[] = [];
  @state() private failure: Failure | undefined;
  @state() private dragged = 0;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    onArrival((parent) => parent === this.folder?.id && void readAnew());
    this.stop = onEvents({ 'node.changed': ({ node }) => this.isOnTheWay(node) && void this.look() });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    pageTitle.value = '';
  }

  private isOnTheWay(node: string): boolean {
    return node === this.folder?.id || this.above.some(({ id }) => id === node);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('route') as FilesRoute | undefined;
    const { place, folder, file, words: said } = this.route;
    if (changed.has('route')) {
      if (before?.place !== place || before.folder !== folder || before.words !== said) void this.look();
      if (file && before?.file !== file) void this.preview(file);
    }
    pageTitle.value = this.title_;
  }

  /** Finds out what is open, and shows it. */
  private async look(): Promise<void> {
    const { route: asked } = this;
    this.failure = undefined;
    // Nothing may be put into the folder that one has just left.
    const isOpen = asked.folder === undefined ? this.folder?.name === '' : this.folder?.id === asked.folder;
    if (!isOpen) [this.folder, this.above] = [entries.peek().find(({ id }) => id === asked.folder), []];
    if (asked.words) {
      this.folder = undefined;
      return show({ words: asked.words });
    }
    if (asked.place === 'home' && bootstrap.session.signedIn?.kind === 'guest')
      return go(filesPath('shared'), { replace: true });
    if (asked.place === 'shared') {
      this.folder = undefined;
      return show({ shared: true });
    }
    if (asked.place === 'trash') return void (this.folder = undefined);
    try {
      const id = asked.folder ?? (await homeFolder());
      const { node, above } = await api.documents.get.query({ node: id });
      if (this.route !== asked) return;
      if (node.kind === 'file') return go(filesPath(node.parent ?? 'shared', { file: node.id }), { replace: true });
      [this.folder, this.above] = [node, above];
      show({ folder: node.id });
    } catch (error) {
      if (this.route !== asked) return;
      this.folder = undefined;
      this.failure = failureOf(error);
    }
  }

  private async preview(file: string): Promise<void> {
    const { openPreview } = await import('./preview.ts');
    await openPreview(file, () => {
      if (this.isConnected && this.route.file === file) go(filesPath(this.where));
    });
  }

  private get where(): string | undefined {
    return this.route.folder ?? this.route.place;
  }

  private get title_(): string {
    const { place, words: said } = this.route;
    if (said) return said;
    if (place === 'shared') return words.value.shared;
    if (place === 'trash') return words.value.trash;
    if (this.folder === undefined && place === 'folder') return text.value.files;
    return this.folder?.name || words.value.mine;
  }

  private get mayWrite(): boolean {
    return this.folder !== undefined && !this.route.words && mayAs(this.folder.role, 'editor');
  }

  override render(): TemplateResult {
    const { place, words: said } = this.route;
    const files = this.mayWrite;
    return html`<div class="files" data-place=${place}>
      <nav class="side" aria-label=${words.value.places}>${this.places()}</nav>
      <main
        id="main"
        tabindex="-1"
        class=${this.dragged > 0 ? 'dropping' : ''}
        @dragenter=${files ? this.dragIn : nothing}
        @dragover=${files ? (event: DragEvent) => event.preventDefault() : nothing}
        @dragleave=${files ? () => (this.dragged = Math.max(0, this.dragged - 1)) : nothing}
        @drop=${files ? this.drop : nothing}
      >
        ${this.header()} ${place === 'trash' && !said ? html`<vf-trash-list></vf-trash-list>` : this.contents()}
        ${this.dragged > 0 ? html`<p class="drop-here">${icon('upload')} ${words.value.drop(this.title_)}</p>` : nothing}
        <vf-upload-tray></vf-upload-tray>
      </main>
    </div>`;
  }

  private places(): TemplateResult {
    const link = (to: string | undefined, name: IconName, label: string) =>
      html`<a
        href=${filesPath(to)}
        aria-current=${(to ?? 'home') === this.route.place && !this.route.words ? 'page' : nothing}
        >${icon(name)}<span>${label}</span></a
      >`;
    const guest = bootstrap.session.signedIn?.kind === 'guest';
    return html`<h2>${text.value.files}</h2>
      <div class="links">
        ${guest ? nothing : link(undefined, 'folder', words.value.mine)} ${link('shared', 'people', words.value.shared)}
        ${documentFeatures.value?.['trash'] ? link('trash', 'trash', words.value.trash) : nothing}
      </div>`;
  }

  private header(): TemplateResult {
    return html`<header>
      <div class="title">${this.crumbs()}</div>
      ${documentFeatures.value?.['search'] ? this.searchField() : nothing} ${this.mayWrite ? this.addButton() : nothing}
      ${this.route.place === 'shared' && bootstrap.session.signedIn?.kind !== 'guest' ? html`<button class="btn" @click=${this.newShared}>${icon('folderPlus')} ${words.value.newShared}</button>` : nothing}
    </header>`;
  }

  private crumbs(): TemplateResult {
    if (!this.folder || this.route.words) return html`<h1>${this.title_}</h1>`;
    const mine = this.folder.owner === bootstrap.session.signedIn?.id;
    const top =
      this.above.length === 0 || this.above[0]!.name !== ''
        ? this.folder.name === ''
          ? []
          : [{ id: 'shared', name: words.value.shared }]
        : [];
    const steps = [
      ...top,
      ...this.above.map(({ id, name }) =>
        name === '' ? { id: mine ? 'home' : id, name: words.value.mine } : { id, name },
      ),
    ];
    return html`<nav aria-label=${words.value.path} ?hidden=${steps.length === 0}>
        <ol class="crumbs">
          ${steps.map(({ id, name }) => html`<li><a href=${filesPath(id)}>${name}</a></li>`)}
        </ol>
      </nav>
      <h1>${this.title_}</h1>`;
  }

  private searchField(): TemplateResult {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const said = String(new FormData(event.target as HTMLFormElement).get('q') ?? '').trim();
      go(filesPath(this.where, said ? { words: said } : {}));
    };
    return html`<form role="search" @submit=${submit}>
      <input
        class="input"
        type="search"
        name="q"
        maxlength="200"
        aria-label=${words.value.find}
        placeholder=${words.value.find}
        .value=${this.route.words ?? ''}
        @search=${(event: Event) => (event.target as HTMLInputElement).value === '' && this.route.words && go(filesPath(this.where))}
      />
    </form>`;
  }

  private addButton(): TemplateResult {
    const menu = (event: Event) =>
      openMenu({
        anchor: event.currentTarget as HTMLElement,
        label: words.value.add,
        items: [
          { label: words.value.newFolder, icon: 'folderPlus', run: () => void this.newFolder() },
          ...newFileItems(this.folder!.id),
          {
            label: words.value.upload,
            icon: 'upload',
            run: () => this.querySelector<HTMLInputElement>('#pick-files')?.click(),
          },
          {
            label: words.value.uploadFolder,
            icon: 'upload',
            run: () => this.querySelector<HTMLInputElement>('#pick-folder')?.click(),
          },
        ],
      });
    return html`<button class="btn primary" aria-haspopup="menu" @click=${menu}>
        ${icon('plus')} ${words.value.add}
      </button>
      <input type="file" id="pick-files" multiple hidden @change=${this.picked} />
      <input type="file" id="pick-folder" webkitdirectory hidden @change=${this.picked} />`;
  }

  private contents(): TemplateResult {
    const failure = this.failure ?? listFailure.value;
    if (failure)
      return html`<div class="empty">
        ${icon('warning')}
        <h2>${failure.code === 'NOT_FOUND' ? text.value.notFoundTitle : words.value.noFiles}</h2>
        <p>${failure.code === 'NOT_FOUND' ? text.value.notFoundHint : explain(failure)}</p>
        <button class="btn" @click=${() => this.look()}>${text.value.tryAgain}</button>
      </div>`;
    if (count.value === undefined && entries.value.length === 0) return html`<div class="grow" aria-busy="true"></div>`;
    if (entries.value.length === 0) return this.nothingHere();
    return html`<vf-file-list
      class="grow"
      label=${words.value.list(this.title_)}
      ?sortable=${this.folder !== undefined && !this.route.words}
      .path=${this.where}
    ></vf-file-list>`;
  }

  private nothingHere(): TemplateResult {
    const { place, words: said } = this.route;
    if (said)
      return html`<div class="empty">
        ${icon('search')}
        <p>${words.value.emptyFound(said)}</p>
      </div>`;
    if (place === 'shared')
      return html`<div class="empty">
        ${icon('people')}
        <h2>${words.value.emptyShared}</h2>
        <p>${words.value.emptySharedHint}</p>
      </div>`;
    if (!this.mayWrite)
      return html`<div class="empty">
        ${icon('folder')}
        <p>${words.value.emptyRead}</p>
      </div>`;
    return html`<div class="empty">
      ${icon('folder')}
      <h2>${words.value.empty}</h2>
      <p>${words.value.emptyHint}</p>
      <p class="choices">
        <button class="btn primary" @click=${() => this.querySelector<HTMLInputElement>('#pick-files')?.click()}>
          ${icon('upload')} ${words.value.upload}
        </button>
        <button class="btn" @click=${this.newFolder}>${icon('folderPlus')} ${words.value.newFolder}</button>
      </p>
    </div>`;
  }

  private readonly newFolder = (): Promise<void> => askName('folder', { parent: this.folder!.id });
  private readonly newShared = (): Promise<void> => askName('shared', {});

  private readonly picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    void sendTree(filesOf(input.files ?? []), this.folder!.id);
    input.value = '';
  };

  private readonly dragIn = (event: DragEvent): void => {
    if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
    event.preventDefault();
    this.dragged += 1;
  };

  private readonly drop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    this.dragged = 0;
    const parent = this.folder!.id;
    const dropped = await droppedFiles(event.dataTransfer!);
    if (dropped.every(({ path }) => path.length === 0))
      sendFiles(
        dropped.map(({ file }) => file),
        parent,
      );
    else await sendTree(dropped, parent);
  };
}
