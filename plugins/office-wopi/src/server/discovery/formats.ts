import type { OfficeAction, OfficeFormat } from '@valfri/sdk';
import type { Discovered, DiscoveredAction } from './parse-discovery.ts';

/** Media types of what office products open; what a client adds to this goes by the name of its application. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  odg: 'application/vnd.oasis.opendocument.graphics',
  odp: 'application/vnd.oasis.opendocument.presentation',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  odt: 'application/vnd.oasis.opendocument.text',
  pdf: 'application/pdf',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  rtf: 'application/rtf',
  txt: 'text/plain',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,80}$/;

/** What can be done with files of each ending. What can be edited can be viewed: the client is told what it may. */
export function formatsOf({ actions }: Discovered, commenting: boolean): OfficeFormat[] {
  const byExtension = new Map<string, DiscoveredAction[]>();
  for (const action of actions)
    byExtension.set(action.extension, [...(byExtension.get(action.extension) ?? []), action]);
  return [...byExtension].flatMap(([extension, own]) => {
    const named = new Set(own.map(({ name }) => name));
    const possible: OfficeAction[] = named.has('edit') ? ['view', ...(commenting ? COMMENT : []), 'edit'] : ['view'];
    if (!named.has('edit') && !named.has('view')) return [];
    const mediaType = MEDIA_TYPES[extension] ?? own.map(({ app }) => app).find((app) => MEDIA_TYPE.test(app));
    return [
      {
        extension,
        mediaType: mediaType ?? 'application/octet-stream',
        actions: possible,
        creates: named.has('editnew'),
        convertsTo: [],
      },
    ];
  });
}

const COMMENT: readonly OfficeAction[] = ['comment'];

/** What is asked for of the client. */
export interface Wish {
  readonly extension: string;
  readonly action: OfficeAction;
  readonly empty: boolean;
}

/** The address that serves a wish, as discovery has it. */
export function urlsrcFor({ actions }: Discovered, { extension, action, empty }: Wish): string | undefined {
  const order = action === 'view' ? ['view', 'edit'] : empty ? ['editnew', 'edit'] : ['edit'];
  for (const name of order) {
    const found = actions.find((each) => each.extension === extension && each.name === name);
    if (found) return found.urlsrc;
  }
  return undefined;
}

/** What fills the placeholders of an address. */
export interface Placement {
  readonly wopiSrc: string;
  readonly language: 'sv' | 'en';
  readonly theme: 'light' | 'dark' | 'contrast';
  /** The only origins that it may be of. */
  readonly origins: readonly string[];
  /** The origin by which browsers reach it, where that is another. */
  readonly publicUrl: string | undefined;
}

const LOCALES = { sv: 'sv-SE', en: 'en-US' };

/**
 * The address that the form goes to: placeholders that are known are filled in, the others taken out.
 * @returns `undefined` where it is of an origin that the operator has not named.
 */
export function actionUrl(urlsrc: string, placement: Placement): string | undefined {
  const { wopiSrc, language, theme, origins, publicUrl } = placement;
  const values: Readonly<Record<string, string>> = {
    UI_LLCC: LOCALES[language],
    DC_LLCC: LOCALES[language],
    THEME_ID: theme === 'light' ? '1' : '2',
  };
  const filled = urlsrc.replace(/<(\w+)=(\w+)&?>/g, (_, name: string, value: string) =>
    value in values ? `${name}=${values[value]}&` : '',
  );
  if (!URL.canParse(filled)) return undefined;
  const url = new URL(filled);
  if (!origins.includes(url.origin)) return undefined;
  url.searchParams.set('WOPISrc', wopiSrc);
  if (!url.searchParams.has('lang')) url.searchParams.set('lang', language);
  return publicUrl ? new URL(url.pathname + url.search, publicUrl).href : url.href;
}
