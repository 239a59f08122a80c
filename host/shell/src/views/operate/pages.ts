import { html, type TemplateResult } from 'lit';
import type { Route } from '../../router.ts';
import { text, texts } from '../../text/text.ts';
import './frame/frame-page.ts';
import './functions/add-provider-page.ts';
import './functions/function-page.ts';
import './functions/functions-page.ts';
import './functions/provider-page.ts';
import './groups/group-page.ts';
import './groups/groups-page.ts';
import './log/log-page.ts';
import './move/move-page.ts';
import './move/moves-page.ts';
import './move/new-move-page.ts';
import './overview/overview-page.ts';
import { emptyPlace } from './page-parts.ts';
import { paths } from './paths.ts';
import './people/add-person-page.ts';
import './people/people-page.ts';
import './people/person-page.ts';
import './plugins/plugin-page.ts';
import './plugins/plugins-page.ts';

const words = texts({ sv: { back: 'Till översikten' }, en: { back: 'To the overview' } });

type OperateRoute = Extract<Route, { view: 'operate' }>;
type Draw = (route: OperateRoute) => TemplateResult;

/** The pages, by what their address is made of; `*` stands for an id. */
const pages: Readonly<Record<string, Draw>> = {
  overview: () => html`<vf-overview-page></vf-overview-page>`,
  functions: () => html`<vf-functions-page></vf-functions-page>`,
  'functions/*': ({ id }) => html`<vf-function-page .capability=${id}></vf-function-page>`,
  'functions/*/add': ({ id, query }) =>
    html`<vf-add-provider-page .capability=${id} .query=${query}></vf-add-provider-page>`,
  'functions/*/move': ({ id, query }) => html`<vf-new-move-page .capability=${id} .query=${query}></vf-new-move-page>`,
  'providers/*': ({ id }) => html`<vf-provider-page .instance=${id}></vf-provider-page>`,
  'providers/*/pages/*': ({ id, item }) => html`<vf-frame-page .instance=${id} .page=${item}></vf-frame-page>`,
  moves: () => html`<vf-moves-page></vf-moves-page>`,
  'moves/*': ({ id }) => html`<vf-move-page .swap=${id}></vf-move-page>`,
  plugins: () => html`<vf-plugins-page></vf-plugins-page>`,
  'plugins/*': ({ id }) => html`<vf-plugin-page .plugin=${id}></vf-plugin-page>`,
  people: ({ query }) => html`<vf-people-page .query=${query}></vf-people-page>`,
  'people/add': () => html`<vf-add-person-page></vf-add-person-page>`,
  'people/*': ({ id }) => html`<vf-person-page .person=${id}></vf-person-page>`,
  groups: () => html`<vf-groups-page></vf-groups-page>`,
  'groups/*': ({ id }) => html`<vf-group-page .group=${id}></vf-group-page>`,
  log: ({ query }) => html`<vf-log-page .query=${query}></vf-log-page>`,
};

/** The page that an address leads to. */
export function pageOf(route: OperateRoute): TemplateResult {
  const { page, id, part, item } = route;
  const exact = [page, id, part, item].filter(Boolean).join('/');
  const shape = [page, id && '*', part, item && '*'].filter(Boolean).join('/');
  const draw = Object.hasOwn(pages, exact) ? pages[exact] : Object.hasOwn(pages, shape) ? pages[shape] : undefined;
  return draw?.(route) ?? nowhere();
}

function nowhere(): TemplateResult {
  const back = html`<a class="btn" href=${paths.overview}>${words.value.back}</a>`;
  return html`<h1 class="visually-hidden">${text.value.operate}</h1>
    ${emptyPlace(text.value.notFoundTitle, text.value.notFoundHint, back)}`;
}
