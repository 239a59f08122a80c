import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import type { EventBus, PDFViewer } from 'pdfjs-dist/web/pdf_viewer.mjs';
import { ShellElement } from '../../../components/element.ts';
import { icon } from '../../../components/icon.ts';
import { numberOf } from '../../../format/numbers.ts';
import '../../../styles/pdf.css';
import { faultOf, openPdf, type OpenPdf, type PdfFault } from './pdf-engine.ts';
import { previewWords as words } from './words.ts';

/** What the viewer asks of whoever translates it; our words are in the bar, and on the pages. */
const NO_WORDS = { pause: () => undefined, resume: () => undefined, getDirection: () => 'ltr' } as never;

interface Matches {
  readonly current: number;
  readonly total: number;
}

/** A PDF: its pages one under another, each drawn when it is looked at; with its text to choose and to search. */
@customElement('vf-pdf-view')
export class PdfViewElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @state() private fault: PdfFault | undefined;
  @state() private page = 1;
  @state() private pages = 0;
  @state() private scale = 1;
  @state() private hits: Matches | undefined;
  private opened: OpenPdf | undefined;
  private viewer: PDFViewer | undefined;
  private events: EventBus | undefined;
  private leave = new AbortController();

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('node') as DocumentNode | undefined;
    if (changed.has('node') && before?.version?.id !== this.node.version?.id) void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.shut();
  }

  private shut(): void {
    this.leave.abort();
    this.viewer?.setDocument(null as never);
    this.opened?.close();
    [this.opened, this.viewer, this.events] = [undefined, undefined, undefined];
  }

  private async open(): Promise<void> {
    this.shut();
    const { signal } = (this.leave = new AbortController());
    [this.fault, this.pages, this.page, this.hits] = [undefined, 0, 1, undefined];
    try {
      const [opened, parts] = await Promise.all([openPdf(this.node), import('pdfjs-dist/web/pdf_viewer.mjs')]);
      if (signal.aborted || !this.isConnected) return opened.close();
      this.opened = opened;
      this.show(parts, opened, signal);
    } catch (error) {
      if (!signal.aborted) this.fault = faultOf(error);
    }
  }

  private show(
    { EventBus, PDFFindController, PDFLinkService, PDFViewer }: typeof import('pdfjs-dist/web/pdf_viewer.mjs'),
    { document }: OpenPdf,
    abortSignal: AbortSignal,
  ): void {
    const eventBus = new EventBus();
    const linkService = new PDFLinkService({
      ...{ eventBus, externalLinkTarget: 2, externalLinkRel: 'noopener noreferrer' },
    } as never);
    const findController = new PDFFindController({ eventBus, linkService });
    const container = this.querySelector<HTMLDivElement>('.pdf-pages')!;
    container.firstElementChild!.replaceChildren();
    const viewer = new PDFViewer({
      ...{ container, eventBus, linkService, findController, l10n: NO_WORDS, abortSignal },
      ...{ annotationMode: 1, maxCanvasPixels: 2 ** 24, enableSelectionRendering: false },
    } as never);
    [this.viewer, this.events] = [viewer, eventBus];
    this.hear(eventBus, viewer);
    linkService.setDocument(document, null);
    linkService.setViewer(viewer);
    viewer.setDocument(document);
  }

  private hear(events: EventBus, viewer: PDFViewer): void {
    events.on('pagesinit', () => {
      viewer.currentScaleValue = 'auto'; // as wide as there is room for, and no larger than is easy to read
      this.pages = viewer.pagesCount;
      this.namePages();
    });
    events.on('pagechanging', ({ pageNumber }: { pageNumber: number }) => (this.page = pageNumber));
    events.on('scalechanging', ({ scale }: { scale: number }) => (this.scale = scale));
    const found = ({ matchesCount }: { matchesCount: Matches }) => (this.hits = matchesCount);
    events.on('updatefindmatchescount', found);
    events.on('updatefindcontrolstate', found);
  }

  /** What a screen reader says each page is. */
  private namePages(): void {
    for (const page of this.querySelectorAll<HTMLElement>('.pdfViewer > .page')) {
      page.setAttribute('role', 'group');
      page.setAttribute('aria-label', words.value.pageOf(Number(page.dataset['pageNumber']), this.pages));
    }
  }

  override render(): TemplateResult {
    return html`<div class="pdf" @keydown=${this.keys}>
      ${this.fault ? nothing : this.bar()}
      <div class="pdf-place" ?hidden=${this.fault !== undefined}>
        <div
          class="pdf-pages"
          tabindex="0"
          role="region"
          aria-label=${this.node.name}
          aria-busy=${this.pages === 0 ? 'true' : 'false'}
        >
          <div class="pdfViewer"></div>
        </div>
      </div>
      ${this.fault ? this.failed(this.fault) : nothing}
    </div>`;
  }

  private failed(fault: PdfFault): TemplateResult {
    const said = { locked: words.value.locked, damaged: words.value.damaged, unreachable: words.value.unreachable };
    return html`<div class="empty" role="alert">
      ${icon(fault === 'locked' ? 'lock' : 'warning')}
      <p>${said[fault]}</p>
    </div>`;
  }

  private bar(): TemplateResult {
    return html`<div class="pdf-bar" role="group" aria-label=${words.value.pdfBar}>
      <span class="page-number">
        <input
          class="input"
          type="number"
          aria-label=${words.value.page}
          min="1"
          max=${this.pages || 1}
          .value=${String(this.page)}
          @change=${this.goToPage}
        />
        <span aria-hidden="true">/ ${numberOf(this.pages)}</span>
      </span>
      <span class="scale">
        ${this.button('minus', words.value.smaller, () => this.viewer?.decreaseScale())}
        <output aria-label=${words.value.scale}>${numberOf(Math.round(this.scale * 100))} %</output>
        ${this.button('plus', words.value.larger, () => this.viewer?.increaseScale())}
        <button class="link" @click=${this.fit}>${words.value.fitWidth}</button>
      </span>
      <search>
        <input
          class="input"
          type="search"
          aria-label=${words.value.findInFile}
          placeholder=${words.value.findInFile}
          @input=${(event: Event) => this.find((event.target as HTMLInputElement).value)}
          @keydown=${this.findKeys}
        />
        <span role="status">${this.found()}</span>
      </search>
    </div>`;
  }

  private button(name: 'minus' | 'plus', label: string, run: () => void): TemplateResult {
    return html`<button class="icon-btn small" aria-label=${label} title=${label} @click=${run}>${icon(name)}</button>`;
  }

  private readonly goToPage = (event: Event): void => {
    const wanted = Math.max(1, Math.min(this.pages, Number((event.target as HTMLInputElement).value) || 1));
    if (this.viewer) this.viewer.currentPageNumber = wanted;
  };

  private readonly fit = (): void => {
    if (this.viewer) this.viewer.currentScaleValue = 'page-width';
  };

  private query = '';

  private find(query: string, { again = false, back = false } = {}): void {
    this.query = query;
    this.events?.dispatch('find', {
      ...{ source: this, type: again ? 'again' : '', query, findPrevious: back },
      ...{ caseSensitive: false, entireWord: false, highlightAll: true, matchDiacritics: true },
    });
    if (query === '') this.hits = undefined;
  }

  private found(): string {
    if (this.query === '' || !this.hits) return '';
    return this.hits.total === 0 ? words.value.notFound : `${this.hits.current} / ${this.hits.total}`;
  }

  private readonly findKeys = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    this.find(this.query, { again: true, back: event.shiftKey });
  };

  private readonly keys = (event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey } = event;
    const inField = (event.target as HTMLElement).matches('input');
    if (key === 'f' && (ctrlKey || metaKey)) this.querySelector<HTMLInputElement>('[type=search]')?.focus();
    else if (!inField && key === '+') this.viewer?.increaseScale();
    else if (!inField && key === '-') this.viewer?.decreaseScale();
    else if (!inField && key === '0') this.fit();
    else return;
    event.preventDefault();
  };
}
