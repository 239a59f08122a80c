import { PluginError } from '@valfri/core';
import type { Manifest, Plugin } from '@valfri/sdk';
import { realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const BYTES = 'application/octet-stream';

/** What a page may be made of. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.gif': 'image/gif',
  '.avif': 'image/avif',
  // What editors read themselves: character maps, dictionaries, tables.
  ...Object.fromEntries(['bcmap', 'bin', 'dat', 'data', 'dic', 'aff', 'icc', 'pfb'].map((end) => [`.${end}`, BYTES])),
};

/** Names that need no decoding; none begins with a dot, so none leads up or is hidden. */
const PATH = /^(\/[\w-][\w.-]*)+$/;

/** A file that may be served. */
export interface PageFile {
  readonly file: string;
  readonly type: string;
}

/** The file under a path of a folder; `undefined` where there is none, or it lies elsewhere, or is of no kind that a page is made of. */
export function findPageFile(folder: string, path: string): PageFile | undefined {
  const type = TYPES[extname(path)];
  if (type === undefined || !PATH.test(path)) return undefined;
  const file = real(join(folder, path));
  if (file === undefined || !file.startsWith(`${folder}${sep}`) || !statSync(file).isFile()) return undefined;
  return { file, type };
}

/** A hash at the end of a name, as bundlers put it there: with another content, the name would be another. */
const HASHED = /[.-](?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{8,}\.\w+$/;

/** Whether what a path holds can be kept for ever. */
export function isHashed(path: string): boolean {
  return HASHED.test(path) && !path.endsWith('.html');
}

/** The folder with the pages of a plugin, links followed. @throws VF_ERR_MANIFEST where it is not in the package. */
export function pageFolder({ root }: Plugin, { id, ui }: Manifest): string {
  if (root === undefined)
    throw fault(`${id}: ui, and no folder of the package`, '`root: new URL("..", import.meta.url)` in definePlugin()');
  const inside = real(fileURLToPath(root));
  const folder = inside === undefined ? undefined : real(join(inside, ui!.directory));
  if (folder === undefined || !folder.startsWith(`${inside}${sep}`) || !statSync(folder).isDirectory())
    throw fault(`${id}: ui.directory "${ui!.directory}"`, `a folder of the package in ${fileURLToPath(root)}`);
  return folder;
}

/** Whether the files are there that a manifest names. @throws VF_ERR_MANIFEST */
export function checkPages(plugin: Plugin, manifest: Manifest): void {
  if (!manifest.ui) return;
  const folder = pageFolder(plugin, manifest);
  for (const [i, { path }] of manifest.ui.pages.entries())
    if (!findPageFile(folder, `/${path}`))
      throw fault(`${manifest.id}: ui.pages.${i}.path "${path}"`, `a file in ${folder}`);
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function fault(given: string, due: string): PluginError {
  return new PluginError('VF_ERR_MANIFEST', { given, due, remedy: 'See docs/build/ui.md.' });
}
