import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../../components/icon.ts';
import type { Failure } from '../../state/api.ts';
import { connection } from '../../state/live.ts';
import { text, texts } from '../../text/text.ts';
import { explainHere } from './explain.ts';
import type { Resource } from './resource.ts';

const words = texts({
  sv: { path: 'Sökväg', stale: 'Det som visas kan vara gammalt.', well: 'Fungerar', unwell: 'Svarar inte' },
  en: { path: 'Path', stale: 'What is shown may be old.', well: 'Works', unwell: 'Does not answer' },
});

type Part = TemplateResult | typeof nothing | string;

/** What stands at the top of a page. */
export interface PageHead {
  readonly title: string;
  readonly lead?: Part;
  /** The pages above it: address and name. */
  readonly crumbs?: readonly (readonly [string, string])[];
  readonly actions?: Part;
}

/** The top of a page: where it is, what it is called, what it is for. */
export function pageHead({ title, lead, crumbs = [], actions = nothing }: PageHead): TemplateResult {
  return html`<header class="page-head">
    ${
      crumbs.length > 0
        ? html`<nav class="crumbs" aria-label=${words.value.path}>
            <ol>
              ${crumbs.map(([path, name]) => html`<li><a href=${path}>${name}</a></li>`)}
            </ol>
          </nav>`
        : nothing
    }
    <div class="title">
      <h1 tabindex="-1">${title}</h1>
      <div class="actions">${actions}</div>
    </div>
    ${lead ? html`<p class="lead">${lead}</p>` : nothing}
  </header>`;
}

/** Grey lines where something will be; they come only where it takes a while. */
export function waiting(lines = 4): TemplateResult {
  return html`<div class="waiting" role="status" aria-label=${text.value.loading}>
    ${Array.from({ length: lines }, () => html`<span></span>`)}
  </div>`;
}

/** What could not be read, and the way to try again. */
export function failed(failure: Failure, again: () => unknown): TemplateResult {
  return callout('bad', 'warning', html`<p>${explainHere(failure)}</p>`, tryAgain(again));
}

function tryAgain(again: () => unknown): TemplateResult {
  return html`<button class="btn" @click=${again}>${text.value.tryAgain}</button>`;
}

/** Whether a failure is that there is no connection: that stands above the page, once. */
export function isToldAbove(failure: Failure | undefined): boolean {
  return failure?.code === 'OFFLINE' && connection.value === 'offline';
}

/** Draws what was read; until then grey lines, or why there is nothing. */
export function whenRead<T>(resource: Resource<T>, draw: (value: T) => Part): Part {
  const { value } = resource;
  const failure = isToldAbove(resource.failure) ? undefined : resource.failure;
  const again = () => void resource.refresh();
  if (value === undefined) return failure ? failed(failure, again) : waiting();
  if (!failure) return draw(value);
  return html`${callout('warn', 'warning', html`<p>${explainHere(failure)} ${words.value.stale}</p>`, tryAgain(again))}
  ${draw(value)}`;
}

/** How serious something is. */
export type Tone = 'good' | 'info' | 'warn' | 'bad';

/** A box that says something that should not be missed. */
export function callout(tone: Tone, name: IconName, body: Part, actions: Part = nothing): TemplateResult {
  return html`<div class="callout ${tone}">
    ${icon(name)}
    <div class="body">${body}</div>
    ${actions === nothing ? nothing : html`<div class="actions">${actions}</div>`}
  </div>`;
}

/** Says at once why something could not be done; nothing where it was. `own` has the words that fit the place, by code. */
export function failureAlert(
  failure: Failure | undefined,
  own: Readonly<Record<string, string>> = {},
): TemplateResult | typeof nothing {
  if (!failure) return nothing;
  return html`<div role="alert">${callout('bad', 'warning', html`<p>${explainHere(failure, own)}</p>`)}</div>`;
}

/** A short mark beside a name. */
export function tag(label: string, tone: Tone = 'good'): TemplateResult {
  return html`<span class="tag ${tone}">${label}</span>`;
}

/** Whether a provider is well, in a word. */
export function healthMark({ ok }: { readonly ok: boolean }): TemplateResult {
  return html`<span class="health ${ok ? 'good' : 'bad'}">${ok ? words.value.well : words.value.unwell}</span>`;
}

/** An empty place: what it is for, and the first step. */
export function emptyPlace(title: string, hint: string, action: Part = nothing): TemplateResult {
  return html`<div class="nothing-yet">
    <h2>${title}</h2>
    <p>${hint}</p>
    ${action}
  </div>`;
}
