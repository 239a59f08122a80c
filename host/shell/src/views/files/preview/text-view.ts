import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DocumentNode } from '@valfri/sdk';
import { ShellElement } from '../../../components/element.ts';
import { sizeOf } from '../../../format/numbers.ts';
import { TextReader } from '../../../state/files/text-reader.ts';
import { previewWords as words } from './words.ts';

/** A text: as it was written, or as Markdown is read. Of a long one a part at a time. */
@customElement('vf-text-view')
export class TextViewElement extends ShellElement {
  @property({ attribute: false }) node!: DocumentNode;
  @property({ type: Boolean }) markdown = false;
  @state() private raw = false;
  @state() private said: string | undefined;
  @state() private read = 0;
  @state() private failed = false;
  @state() private drawn: TemplateResult | undefined;
  private reader: TextReader | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('node') as DocumentNode | undefined;
    if (!changed.has('node') || before?.version?.id === this.node.version?.id) return;
    this.reader = new TextReader(this.node);
    [this.said, this.drawn, this.read, this.failed] = [undefined, undefined, 0, false];
    void this.more();
  }

  private readonly more = async (): Promise<void> => {
    const { reader } = this;
    try {
      const said = await reader!.next();
      if (reader !== this.reader) return;
      [this.said, this.read] = [said, reader!.read];
      if (this.markdown) this.drawn = await draw(said);
    } catch {
      if (reader === this.reader) this.failed = true;
    }
  };

  override render(): TemplateResult {
    const { said, drawn } = this;
    if (this.failed) return html`<div class="empty" role="alert"><p>${words.value.unreachable}</p></div>`;
    if (said === undefined) return html`<div class="empty" aria-busy="true"></div>`;
    return html`${this.markdown ? this.choice() : nothing}
      <div class="written" tabindex="0" role="region" aria-label=${this.node.name}>
        ${this.markdown && !this.raw && drawn ? html`<article class="markdown">${drawn}</article>` : html`<pre>${said}</pre>`}
        ${this.rest()}
      </div>`;
  }

  private choice(): TemplateResult {
    const one = (raw: boolean, label: string) =>
      html`<button aria-pressed=${this.raw === raw ? 'true' : 'false'} @click=${() => (this.raw = raw)}>
        ${label}
      </button>`;
    return html`<div class="choice-bar" role="group" aria-label=${words.value.how}>
      ${one(false, words.value.rendered)}${one(true, words.value.raw)}
    </div>`;
  }

  private rest(): TemplateResult | typeof nothing {
    const { size } = this.node.version!;
    if (this.read >= size) return nothing;
    return html`<p class="rest">
      ${words.value.shownOf(sizeOf(this.read), sizeOf(size))}
      <button class="btn" @click=${this.more}>${words.value.showMore}</button>
    </p>`;
  }
}

/** The parser of Markdown is loaded where there is some. */
async function draw(source: string): Promise<TemplateResult> {
  const { renderMarkdown } = await import('../../../format/markdown.ts');
  return renderMarkdown(source, { mention: (person) => html`&lt;@${person}&gt;`, headings: true });
}
