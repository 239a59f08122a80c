import type { OfficeFormat } from '@valfri/sdk';

/** Which of its editors opens a file. */
export type DocumentType = 'word' | 'cell' | 'slide';

type Kind = readonly [extension: string, mediaType: string];

const OOXML = 'application/vnd.openxmlformats-officedocument';
const ODF = 'application/vnd.oasis.opendocument';

/** What it writes itself, and so without a loss of its own making. */
const EDITED: Readonly<Record<DocumentType, readonly Kind[]>> = {
  word: [['docx', `${OOXML}.wordprocessingml.document`]],
  cell: [['xlsx', `${OOXML}.spreadsheetml.sheet`]],
  slide: [['pptx', `${OOXML}.presentationml.presentation`]],
};

/** What it opens by converting: shown, and converted where somebody wants to write. */
const SHOWN: Readonly<Record<DocumentType, readonly Kind[]>> = {
  word: [
    ['doc', 'application/msword'],
    ['odt', `${ODF}.text`],
    ['rtf', 'application/rtf'],
    ['dotx', `${OOXML}.wordprocessingml.template`],
  ],
  cell: [
    ['xls', 'application/vnd.ms-excel'],
    ['ods', `${ODF}.spreadsheet`],
    ['csv', 'text/csv'],
  ],
  slide: [
    ['ppt', 'application/vnd.ms-powerpoint'],
    ['odp', `${ODF}.presentation`],
    ['ppsx', `${OOXML}.presentationml.slideshow`],
  ],
};

/** What a file can be made into, by the editor that opens it. */
const TARGETS: Readonly<Record<DocumentType, readonly string[]>> = {
  word: ['docx', 'odt', 'pdf', 'rtf', 'txt'],
  cell: ['xlsx', 'ods', 'pdf', 'csv'],
  slide: ['pptx', 'odp', 'pdf'],
};

const WRITTEN = ['view', 'comment', 'review', 'edit'] as const;

function formatOf(
  type: DocumentType,
  [extension, mediaType]: Kind,
  actions: readonly OfficeFormat['actions'][number][],
): OfficeFormat {
  const convertsTo = TARGETS[type].filter((target) => target !== extension);
  return { extension, mediaType, actions: [...actions], creates: false, convertsTo };
}

const TYPES = ['word', 'cell', 'slide'] as const;

/** Every format that the document server opens. */
export const formats: readonly OfficeFormat[] = TYPES.flatMap((type) => [
  ...EDITED[type].map((kind) => formatOf(type, kind, type === 'word' ? WRITTEN : ['view', 'comment', 'edit'])),
  ...SHOWN[type].map((kind) => formatOf(type, kind, ['view'])),
]);

const typeByExtension: ReadonlyMap<string, DocumentType> = new Map(
  TYPES.flatMap((type) => [...EDITED[type], ...SHOWN[type]].map(([extension]) => [extension, type] as const)),
);

/** The editor for an ending; `undefined` where there is none. */
export function documentTypeOf(extension: string): DocumentType | undefined {
  return typeByExtension.get(extension);
}

/** The format of a file by its name. */
export function formatOfName(name: string): OfficeFormat | undefined {
  return formats.find(({ extension }) => extension === extensionOf(name));
}

/** The ending of a file's name, in lower case; empty where it has none. */
export function extensionOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}
