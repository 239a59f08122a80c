import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { mayAs } from '@valfri/sdk/documents';
import type { FileState } from '@valfri/sdk/ui';
import { avatar } from '../../components/avatar.ts';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { openMenu } from '../../components/menu.ts';
import { isNews, loadAnew } from '../../frame/framed-origins.ts';
import { editPath, filesPath, go, guardLeaving } from '../../router.ts';
import { api, explain, type Failure } from '../../state/api.ts';
import { download } from '../../state/files/actions.ts';
import { documentFeatures } from '../../state/features.ts';
import { onEvents } from '../../state/live.ts';
import { editorsFor } from '../../state/office.ts';
import { pageTitle } from '../../state/page-title.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import '../../styles/edit.css';
import { EditSession, type Opened } from './edit-session.ts';
import type { EditorFrameElement } from './editor-frame.ts';
import './editor-frame.ts';
import { words } from './words.ts';

/** How long a page has to hand over what it alone has, in milliseconds. */
const HAND_OVER = 2_000;
/** Avatars that are shown beside one another. */
const SHOWN = 4;

/** A file that is open in an editor: what is around the frame is the shell's. */
@customElement('vf-edit')
export class EditElement extends ShellElement {
  @property() file = '';
  @property() with: string | undefined;
  @property({ type: Boolean }) viewOnly = false;
  /** Where closing it leads. Default: the folder that it is in. */
  @property() back: string | undefined;
  /** Whether it stands beside something else, and is not the whole view. */
  @property({ type: Boolean }) beside = false;
  @state() private node: DocumentNode | undefined;
  @state() private saved: FileState | undefined;
  @state() private silent = false;
  private session: EditSession | undefined;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const events = onEvents({
      'node.changed': ({ node }) => node === this.file && void this.look(),
      'access.given': () => void this.look(),
    });
    const unguard = guardLeaving(() => !this.hasUnsaved || confirm(words.value.leave));
    addEventListener('beforeunload', this.unload);
    addEventListener('keydown', this.keys);
    this.stop = () => {
      events();
      unguard();
      removeEventListener('beforeunload', this.unload);
      removeEventListener('keydown', this.keys);
    };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.session?.close();
    this.session = undefined;
    if (!this.beside) pageTitle.value = '';
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('file') && !changed.has('with') && !changed.has('viewOnly')) return;
    this.session?.close();
    [this.node, this.saved, this.silent] = [undefined, undefined, false];
    this.session = new EditSession({ file: this.file, with: this.with, viewOnly: this.viewOnly });
    this.session.handOver = () => this.handOver();
    void this.session.open();
    void this.look();
  }

  /** Until the page says that its server half has everything; no longer than that is waited for. */
  private async handOver(): Promise<void> {
    this.frame?.command('save');
    const deadline = Date.now() + HAND_OVER;
    const isHeld = () => this.saved === undefined || this.saved.saved === 'saved' || this.saved.saved === 'kept';
    while (!isHeld() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 25));
  }

  private async look(): Promise<void> {
    const { file } = this;
    const found = await api.documents.get.query({ node: file }).catch(() => undefined);
    if (!found || file !== this.file) return;
    if (this.node && this.node.name !== found.node.name) this.frame?.renamed(found.node.name);
    this.node = found.node;
    if (!this.beside) pageTitle.value = found.node.name;
  }

  private get frame(): EditorFrameElement | null {
    return this.querySelector<EditorFrameElement>('vf-editor-frame');
  }

  private get hasUnsaved(): boolean {
    return this.saved?.saved === 'unsaved' || this.saved?.saved === 'failed';
  }

  private readonly unload = (event: BeforeUnloadEvent): void => {
    if (this.hasUnsaved) event.preventDefault();
  };

  private readonly keys = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      this.frame?.command('save');
    } else if (event.key === 'F6' && this.frame) {
      event.preventDefault();
      this.frame.focusPage();
    }
  };

  override render(): TemplateResult {
    const opened = this.session?.opened.value;
    const content = html`<div class="head">
        ${this.title_(opened)}${this.state_(opened)}${this.others()}${this.actions(opened)}
      </div>
      ${this.body(opened)}`;
    if (this.beside) return html`<div class="edit" data-beside>${content}</div>`;
    return html`<main id="main" class="edit" tabindex="-1">${content}</main>`;
  }

  private title_(opened: Opened | undefined): TemplateResult {
    const name = this.node?.name ?? opened?.file.name ?? '';
    const mayRename = this.node && mayAs(this.node.role, 'editor') && !this.viewOnly;
    const shown = mayRename
      ? html`<button class="name" title=${words.value.rename(name)} @click=${this.rename}>${name}</button>`
      : html`<span class="name">${name}</span>`;
    return this.beside ? html`<h2>${shown}</h2>` : html`<h1>${shown}</h1>`;
  }

  private state_(opened: Opened | undefined): TemplateResult {
    const note = this.saved?.note;
    const moving = this.session!.moving.value;
    const how = moving ? words.value.moving : this.saved ? words.value[this.saved.saved] : '';
    const only = { view: words.value.viewing, comment: words.value.commenting } as Readonly<Record<string, string>>;
    const said = opened && !moving && opened.action in only ? only[opened.action]! : how;
    const bad = this.saved?.saved === 'failed';
    return html`<span class="saved ${bad ? 'bad' : ''}" role="status"
      >${said}${note && note !== said ? `: ${note}` : ''}</span
    >`;
  }

  private others(): TemplateResult {
    const people = this.session?.people.value ?? [];
    const names = people.map(nameOf).join(', ');
    return html`<span class="here" title=${names}>
      ${people.slice(0, SHOWN).map((person) => avatar(person, 's'))}
      ${people.length > SHOWN ? html`<b aria-hidden="true">+${people.length - SHOWN}</b>` : nothing}
      <span class="visually-hidden">${people.length > 0 ? `${words.value.here(people.length)}: ${names}` : ''}</span>
    </span>`;
  }

  private actions(opened: Opened | undefined): TemplateResult {
    const { node } = this;
    const mayShare = node && mayAs(node.role, 'editor') && documentFeatures.value?.['shares'];
    return html`<span class="does">
      ${mayShare ? html`<button class="btn" @click=${() => this.dialog('share')}>${icon('people')} ${words.value.share}</button>` : nothing}
      ${node ? html`<button class="icon-btn" aria-haspopup="menu" aria-label=${words.value.more} @click=${(event: Event) => this.menu(event, node, opened)}>${icon('more')}</button>` : nothing}
      <a class="icon-btn" href=${this.backTo} aria-label=${words.value.close} title=${words.value.close}
        >${icon('close')}</a
      >
    </span>`;
  }

  private get backTo(): string {
    return this.back ?? filesPath(this.node?.parent ?? (this.node ? 'shared' : undefined));
  }

  private menu(event: Event, node: DocumentNode, opened: Opened | undefined): void {
    const others = editorsFor(node.name).filter(({ instance }) => instance !== opened?.instance);
    openMenu({
      anchor: event.currentTarget as HTMLElement,
      label: words.value.more,
      items: [
        { label: words.value.download, icon: 'download', run: () => download(node) },
        ...(documentFeatures.peek()?.['versions']
          ? [{ label: words.value.versions, icon: 'clock' as const, run: () => void this.dialog('versions') }]
          : []),
        ...others.map(({ instance, title }) => ({
          label: words.value.openWith(title),
          icon: 'file' as const,
          run: () => go(editPath(node.id, { with: instance })),
        })),
      ],
    });
  }

  private async dialog(which: 'share' | 'versions'): Promise<void> {
    const { node } = this;
    if (!node) return;
    if (which === 'share') (await import('../files/share-dialog.ts')).openShare(node);
    else (await import('../files/versions-dialog.ts')).openVersions(node);
  }

  private readonly rename = async (): Promise<void> => {
    const { node } = this;
    if (node) await (await import('../files/name-dialog.ts')).askName('rename', { node });
  };

  private body(opened: Opened | undefined): TemplateResult {
    const { failure, taken } = this.session!;
    if (taken.value) return this.stopped(taken.value === 'rights' ? words.value.rights : words.value.revoked);
    if (this.silent) return this.stopped(words.value.silent);
    if (failure.value) return this.stopped(reasonOf(failure.value));
    if (!opened) return html`<p class="opening" role="status">${words.value.opening}</p>`;
    if (isNews(opened.page.url)) {
      loadAnew();
      return html``;
    }
    return html`<vf-editor-frame
      ?inert=${this.session!.moving.value}
      .opened=${opened}
      @vf-connected=${this.connected_}
      @vf-file-state=${({ detail }: CustomEvent<FileState>) => (this.saved = detail)}
      @vf-leave=${this.takeFocus}
      @vf-silent=${() => (this.silent = true)}
      @vf-over=${() => void this.session?.beat()}
    ></vf-editor-frame>`;
  }

  /** Another page begins anew, whatever the one before has said. */
  private readonly connected_ = (): void => {
    this.saved = undefined;
    if (!this.beside) this.frame?.focusPage();
  };

  private readonly takeFocus = (): void => this.querySelector<HTMLElement>('.head button, .head a')?.focus();

  /** Nothing is to be lost sight of because an editor is down. */
  private stopped(why: string): TemplateResult {
    return html`<div class="empty" role="alert">
      ${icon('warning')}
      <p>${why}</p>
      <p class="choices">
        <button class="btn primary" @click=${this.again}>${text.value.tryAgain}</button>
        ${
          this.node
            ? html`<button class="btn" @click=${this.preview}>${words.value.preview}</button>
                <button class="btn" @click=${() => download(this.node!)}>${words.value.download}</button>`
            : nothing
        }
      </p>
    </div>`;
  }

  private readonly again = (): void => {
    [this.silent, this.saved] = [false, undefined];
    void this.session?.open();
    void this.look();
  };

  private readonly preview = async (): Promise<void> => {
    await (await import('../files/preview.ts')).openPreview(this.file, () => undefined);
  };
}

function reasonOf(failure: Failure): string {
  const known: Readonly<Record<string, string>> = {
    FORMAT: words.value.noEditor,
    IN_USE: words.value.inUse,
    NO_DOMAIN: words.value.noDomain,
    EDITOR: words.value.silent,
  };
  if (failure.code === 'NOT_FOUND') return text.value.errorNotFound;
  return known[failure.reason ?? ''] ?? `${words.value.cannotOpen} ${explain(failure)}`;
}
