import type { DocumentNode } from '@valfri/sdk';
import type { IconName } from '../../components/icon.ts';

/** What kind of file it is, for a reader: what it is shown as, and by which icon. */
export type FileKind =
  | 'folder'
  | 'picture'
  | 'film'
  | 'sound'
  | 'pdf'
  | 'markdown'
  | 'text'
  | 'document'
  | 'sheet'
  | 'slides'
  | 'archive'
  | 'other';

const kinds: readonly (readonly [RegExp, FileKind])[] = [
  [/^image\//, 'picture'],
  [/^video\//, 'film'],
  [/^audio\//, 'sound'],
  [/^application\/pdf$/, 'pdf'],
  [/^text\/markdown$/, 'markdown'],
  [/^text\/csv$|spreadsheet|ms-excel/, 'sheet'],
  [/presentation|powerpoint/, 'slides'],
  [/wordprocessing|msword|opendocument\.text|rtf/, 'document'],
  [/^text\/|^application\/(json|xml)$/, 'text'],
  [/zip|x-tar|gzip|7z|x-rar|compressed/, 'archive'],
];

/** The kind of a file or folder. */
export function kindOf({ kind, version }: Pick<DocumentNode, 'kind' | 'version'>): FileKind {
  if (kind === 'folder') return 'folder';
  const type = version?.mediaType ?? '';
  return kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
}

const icons: Readonly<Record<FileKind, IconName>> = {
  folder: 'folder',
  picture: 'picture',
  film: 'film',
  sound: 'sound',
  pdf: 'page',
  markdown: 'page',
  text: 'page',
  document: 'page',
  sheet: 'sheet',
  slides: 'slides',
  archive: 'archive',
  other: 'file',
};

/** The icon of a file or folder. */
export function iconOf(node: Pick<DocumentNode, 'kind' | 'version'>): IconName {
  return icons[kindOf(node)];
}

/** Whether browsers show it in an `img`, where nothing in it runs. */
export function isPicture({ version }: Pick<DocumentNode, 'version'>): boolean {
  return /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml)$/.test(version?.mediaType ?? '');
}
