import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';

/** How much of a text is looked at, in bytes. */
const SAMPLE = 64 << 10;

/** What bytes without a signature can be, by the ending of the name; each is text. */
const TEXTS: Readonly<Record<string, string>> = {
  '.md': 'text/markdown',
  '.csv': 'text/csv',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.ics': 'text/calendar',
  '.vcf': 'text/vcard',
  '.eml': 'message/rfc822',
  '.rtf': 'application/rtf',
};

/** Kinds that a container's signature alone does not tell apart, by the ending of the name. */
const CONTAINERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'application/zip': {
    '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    '.odt': 'application/vnd.oasis.opendocument.text',
    '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
    '.odp': 'application/vnd.oasis.opendocument.presentation',
  },
  'application/x-cfb': {
    '.doc': 'application/msword',
    '.xls': 'application/vnd.ms-excel',
    '.ppt': 'application/vnd.ms-powerpoint',
  },
};

/**
 * The media type of a file, by what it holds. Its name is asked only where the bytes leave a choice: of what is
 * text, and of what a container is for.
 */
export async function mediaTypeOf(path: string, name: string): Promise<string> {
  const ending = extname(name).toLowerCase();
  const found = await signatureOf(path);
  if (found) return CONTAINERS[found]?.[ending] ?? plain(found);
  if (await isText(path)) return TEXTS[ending] ?? 'text/plain';
  return 'application/octet-stream';
}

/** Something so broken that looking into it fails has no signature. */
async function signatureOf(path: string): Promise<string | undefined> {
  try {
    return (await fileTypeFromFile(path))?.mime;
  } catch {
    return (await fileTypeFromBuffer(await head(path)).catch(() => undefined))?.mime;
  }
}

function plain(mime: string): string {
  return mime.split(';')[0]!;
}

async function head(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(new Uint8Array(SAMPLE), 0, SAMPLE, 0);
  return buffer.subarray(0, bytesRead);
}

/** Whether the beginning is UTF-8 without control characters other than those of a text. */
async function isText(path: string): Promise<boolean> {
  const bytes = await head(path);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: bytes.length === SAMPLE });
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    return !/[\u0000-\u0008\u000E-\u001A\u001C-\u001F]/.test(text);
  } catch {
    return false;
  }
}
