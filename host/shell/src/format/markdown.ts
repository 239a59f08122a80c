import { html, nothing, type TemplateResult } from 'lit';
import { Marked, type Token, type Tokens } from 'marked';

/** What a text refers to, drawn by whoever shows it. */
export interface MarkdownContext {
  mention(person: string): TemplateResult;
  /** A link into the workspace, drawn in place; `undefined` for one that leads elsewhere. */
  ownLink?(href: string): TemplateResult | undefined;
  /** Whether headings are such, below the second level of the page; in a message they are words that stand out. */
  readonly headings?: boolean;
}

type Drawn = TemplateResult | string | typeof nothing;

const parser = new Marked({
  gfm: true,
  breaks: true,
  tokenizer: {
    /** A star after a figure and before another sign is a multiplication: `5*3*2`. */
    emStrong(source, _, before = '') {
      const stars = /^\*+(?=[\p{L}\p{N}])/u.exec(source)?.[0];
      const text = { type: 'text', raw: stars, text: stars } as never; // its types foresee no text here
      return stars && /\p{N}$/u.test(before) ? text : false;
    },
  },
  extensions: [
    {
      name: 'mention',
      level: 'inline',
      start: (source: string) => source.indexOf('<@'),
      tokenizer(source: string) {
        const match = /^<@([0-9a-f-]{36})>/.exec(source);
        return match ? { type: 'mention', raw: match[0], person: match[1] } : undefined;
      },
    },
  ],
});

/**
 * Draws a text written in Markdown. It is parsed to tokens and each token drawn as a template, so nothing that somebody
 * wrote is ever read as HTML; tags in it are shown as they were typed.
 */
export function renderMarkdown(source: string, context: MarkdownContext): TemplateResult {
  return html`${blocks(parser.lexer(source), context)}`;
}

function blocks(tokens: readonly Token[], context: MarkdownContext): Drawn[] {
  return tokens.map((token) => block(token as Tokens.Generic, context));
}

function block(token: Tokens.Generic, context: MarkdownContext): Drawn {
  const inner = () => inlines(token.tokens ?? [], context);
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox': // drawn with its item
      return nothing;
    case 'paragraph':
      return html`<p>${inner()}</p>`;
    case 'text':
      return token.tokens ? html`${inner()}` : unescaped(token['text'] as string);
    case 'heading':
      return context.headings ? heading(token['depth'] as number, inner()) : html`<p><strong>${inner()}</strong></p>`;
    case 'blockquote':
      return html`<blockquote>${blocks(token.tokens ?? [], context)}</blockquote>`;
    case 'code':
      return html`<pre tabindex="0"><code>${token['text'] as string}</code></pre>`;
    case 'list':
      return list(token as unknown as Tokens.List, context);
    case 'table':
      return table(token as unknown as Tokens.Table, context);
    case 'hr':
      return html`<hr />`;
    default:
      return html`<p>${token.raw}</p>`;
  }
}

function heading(depth: number, inner: readonly Drawn[]): TemplateResult {
  if (depth === 1) return html`<h3>${inner}</h3>`;
  if (depth === 2) return html`<h4>${inner}</h4>`;
  return depth === 3 ? html`<h5>${inner}</h5>` : html`<h6>${inner}</h6>`;
}

function list({ ordered, start, items }: Tokens.List, context: MarkdownContext): TemplateResult {
  const entries = items.map((item) => {
    const box = item.task
      ? html`<input type="checkbox" disabled ?checked=${item.checked} aria-label=${item.text} /> `
      : nothing;
    return html`<li class=${item.task ? 'task' : nothing}>${box}${blocks(item.tokens, context)}</li>`;
  });
  return ordered
    ? html`<ol start=${start || 1}>
        ${entries}
      </ol>`
    : html`<ul>
        ${entries}
      </ul>`;
}

function table({ header, rows }: Tokens.Table, context: MarkdownContext): TemplateResult {
  return html`<div class="table" tabindex="0">
    <table>
      <thead>
        <tr>
          ${header.map((cell) => html`<th scope="col">${inlines(cell.tokens, context)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${inlines(cell.tokens, context)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function inlines(tokens: readonly Token[], context: MarkdownContext): Drawn[] {
  return tokens.map((token) => inline(token as Tokens.Generic, context));
}

function inline(token: Tokens.Generic, context: MarkdownContext): Drawn {
  const inner = () => inlines(token.tokens ?? [], context);
  switch (token.type) {
    case 'strong':
      return html`<strong>${inner()}</strong>`;
    case 'em':
      return html`<em>${inner()}</em>`;
    case 'del':
      return html`<s>${inner()}</s>`;
    case 'codespan':
      return html`<code>${token['text'] as string}</code>`;
    case 'br':
      return html`<br />`;
    case 'mention':
      return context.mention(token['person'] as string);
    case 'link':
      return link(token['href'] as string, inner(), context);
    case 'image':
      return link(token['href'] as string, [(token['text'] as string) || (token['href'] as string)], context);
    case 'escape':
    case 'text':
      return token.tokens ? html`${inner()}` : unescaped(token['text'] as string);
    default:
      return token.raw;
  }
}

/** Only what leads to a page or a mail program is a link; anything else stays text. */
function link(href: string, label: readonly Drawn[], context: MarkdownContext): Drawn {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (!url || !['https:', 'http:', 'mailto:'].includes(url.protocol)) return html`${label}`;
  const own = context.ownLink?.(url.href);
  return own ?? html`<a href=${url.href} target="_blank" rel="noopener noreferrer">${label}</a>`;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** The parser escapes some texts for HTML; we draw text. */
function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);
}
