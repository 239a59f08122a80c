import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Trashed } from '@valfri/sdk';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { openDialog } from '../../components/dialog.ts';
import { sayWhen } from '../../format/dates.ts';
import { sizeOf } from '../../format/numbers.ts';
import { api, explain, type Failure, failureOf } from '../../state/api.ts';
import { homeFolder, withFreeName } from '../../state/files/actions.ts';
import { onEvents } from '../../state/live.ts';
import { tell } from '../../state/notices.ts';
import { nameOf } from '../../state/people.ts';
import { text } from '../../text/text.ts';
import { words } from './words.ts';

/** What was deleted, and the ways back. */
@customElement('vf-trash-list')
export class TrashListElement extends ShellElement {
  @state() private items: readonly Trashed[] | undefined;
  @state() private next: string | undefined;
  @state() private failure: Failure | undefined;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    this.stop = onEvents({ 'node.changed': () => void this.load(), 'live.resync': () => void this.load() });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  private async load(more = false): Promise<void> {
    try {
      const after = more ? this.next : undefined;
      const page = await api.documents.listTrash.query({ limit: 100, ...(after ? { after } : {}) });
      this.items = [...(more ? (this.items ?? []) : []), ...page.items];
      [this.next, this.failure] = [page.next, undefined];
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  override render(): TemplateResult {
    if (this.failure) return html`<p class="notice bad edge" role="alert">${explain(this.failure)}</p>`;
    if (!this.items) return html`<div class="grow" aria-busy="true"></div>`;
    if (this.items.length === 0)
      return html`<div class="empty">
        ${icon('trash')}
        <p>${words.value.emptyTrash}</p>
      </div>`;
    return html`<div class="rows grow">
      <ul class="trash" aria-label=${words.value.trash}>
        ${this.items.map((item) => this.row(item))}
      </ul>
      ${this.next ? html`<button class="btn more" @click=${() => this.load(true)}>${text.value.moreActions}</button>` : nothing}
    </div>`;
  }

  private row(item: Trashed): TemplateResult {
    const { name, kind, size, deletedBy, deletedAt } = item;
    return html`<li class="entry">
      <span class="name">${icon(kind === 'folder' ? 'folder' : 'file')}<span class="text">${name}</span></span>
      <span class="modified">${words.value.deletedBy(nameOf(deletedBy), sayWhen(deletedAt))}</span>
      <span class="size">${sizeOf(size)}</span>
      <span class="acts">
        <button class="btn" aria-label="${words.value.restore}: ${name}" @click=${() => this.restore(item)}>
          ${words.value.restore}
        </button>
        <button
          class="icon-btn"
          aria-label="${words.value.erase}: ${name}"
          title=${words.value.erase}
          @click=${() => this.erase(item)}
        >
          ${icon('trash')}
        </button>
      </span>
    </li>`;
  }

  private async restore({ id, name }: Trashed): Promise<void> {
    const back = (more: { parent?: string } = {}) =>
      withFreeName(name, (free) =>
        api.documents.restore.mutate({ node: id, ...more, ...(free === name ? {} : { name: free }) }),
      );
    try {
      await back();
      tell(words.value.restored(name));
    } catch (error) {
      if (failureOf(error).reason !== 'NO_PLACE') return tell(explain(failureOf(error)), { kind: 'bad' });
      await back({ parent: await homeFolder() });
      tell(words.value.noPlace);
    } finally {
      await this.load();
    }
  }

  private erase({ id, name }: Trashed): void {
    const run = async (close: () => void) => {
      close();
      await api.documents.erase
        .mutate({ node: id })
        .catch((error: unknown) => tell(explain(failureOf(error)), { kind: 'bad' }));
      await this.load();
    };
    openDialog(
      words.value.erase,
      (close) =>
        html`<div class="body">
          <h2>${words.value.erase}</h2>
          <p>${words.value.eraseSure(name)}</p>
          <footer>
            <button class="btn" autofocus @click=${close}>${text.value.cancel}</button>
            <button class="btn danger" @click=${() => run(close)}>${words.value.erase}</button>
          </footer>
        </div>`,
    );
  }
}
