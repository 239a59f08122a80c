import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../../components/icon.ts';
import { text, texts } from '../../text/text.ts';
import { paths } from './paths.ts';

const words = texts({
  sv: {
    pages: 'Sidor för drift',
    overview: 'Översikt',
    functions: 'Funktioner',
    moves: 'Flyttar',
    plugins: 'Insticksprogram',
    people: 'Personer',
    groups: 'Grupper',
    log: 'Logg',
  },
  en: {
    pages: 'Operations pages',
    overview: 'Overview',
    functions: 'Functions',
    moves: 'Moves',
    plugins: 'Plugins',
    people: 'People',
    groups: 'Groups',
    log: 'Log',
  },
});

const pages = [
  ['overview', 'gauge'],
  ['functions', 'blocks'],
  ['moves', 'swap'],
  ['plugins', 'plug'],
  ['people', 'person'],
  ['groups', 'people'],
  ['log', 'list'],
] as const satisfies readonly (readonly [keyof typeof words.value, IconName])[];

/** What the pages that stand in the list are called. */
export function pageName(page: (typeof pages)[number][0]): string {
  return words.value[page];
}

/** The list of the operator's pages. */
export function operateNav({ page: here, id }: { readonly page: string; readonly id?: string }): TemplateResult {
  const shown = here === 'providers' || (here === 'moves' && id) ? 'functions' : here;
  return html`<nav class="operate-nav" aria-label=${words.value.pages}>
    <p class="name">${text.value.operate}</p>
    <ul>
      ${pages.map(
        ([page, name]) =>
          html`<li>
            <a href=${paths[page]} aria-current=${shown === page ? 'page' : nothing}
              >${icon(name)}<span>${words.value[page]}</span></a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}
