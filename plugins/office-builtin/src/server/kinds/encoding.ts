/** How a text file is written. */
export interface TextForm {
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1';
  /** Whether it begins with a byte order mark. */
  readonly mark: boolean;
  readonly lineEnd: '\n' | '\r\n';
}

const MARKS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** A text with line feeds, and how it was written; `undefined` where it is none. */
export function readText(bytes: Uint8Array): { readonly text: string; readonly form: TextForm } | undefined {
  const mark = MARKS.find((known) => known.bytes.every((byte, i) => bytes[i] === byte));
  const content = bytes.subarray(mark?.bytes.length ?? 0);
  const encoding = mark?.encoding ?? (isUtf8(content) ? 'utf-8' : 'latin-1');
  const text =
    encoding === 'latin-1'
      ? Buffer.from(content).toString('latin1')
      : new TextDecoder(encoding, { ignoreBOM: true }).decode(content);
  if (text.includes('\0')) return undefined;
  const lineEnd = mostlyCrLf(text) ? '\r\n' : '\n';
  return { text: text.replaceAll('\r\n', '\n'), form: { encoding, mark: mark !== undefined, lineEnd } };
}

/** The bytes of a text. Where the encoding has no place for what is in it, it becomes UTF-8, which the form says. */
export function writeText(text: string, form: TextForm): { readonly bytes: Uint8Array; readonly form: TextForm } {
  const lines = form.lineEnd === '\n' ? text : text.replaceAll('\n', '\r\n');
  // oxlint-disable-next-line no-control-regex -- the range is meant: all that Latin-1 has
  const fits = form.encoding !== 'latin-1' || /^[\u0000-\u00ff]*$/.test(lines);
  const written: TextForm = fits ? form : { ...form, encoding: 'utf-8' };
  const mark = written.mark ? (MARKS.find(({ encoding }) => encoding === written.encoding)?.bytes ?? []) : [];
  return { bytes: Buffer.concat([Uint8Array.from(mark), encoded(lines, written.encoding)]), form: written };
}

function encoded(text: string, encoding: TextForm['encoding']): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'latin-1') return Buffer.from(text, 'latin1');
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function mostlyCrLf(text: string): boolean {
  const both = text.split('\r\n').length - 1;
  return both > 0 && both * 2 >= text.split('\n').length - 1;
}
