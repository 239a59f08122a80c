/** Longest name of a file or folder, in bytes of UTF-8: what the file systems of the world hold. */
export const NAME_LIMIT = 255;

/** Most folders above one another. */
export const DEPTH_LIMIT = 64;

/** The form in which two equal names are equal: Unicode's NFC. */
export function normalName(name: string): string {
  return name.normalize('NFC');
}

/**
 * What is wrong with a name, in words that follow "the name"; `undefined` where nothing is. What one product or another
 * cannot have beside this is its provider's to encode.
 */
export function nameFault(name: string): string | undefined {
  if (!name.isWellFormed()) return 'holds a character that is none (half a pair)';
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return `"${name}" stands for a folder of its own`;
  if (name !== name.trim()) return 'begins or ends with white space';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[/\\\u0000-\u001F\u007F]/.test(name)) return 'holds a slash, a backslash or a control character';
  if (new TextEncoder().encode(normalName(name)).length > NAME_LIMIT)
    return `is too long: at most ${NAME_LIMIT} bytes in UTF-8`;
  return undefined;
}

/** A name with a number before its ending: `Protokoll (2).docx`. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const mark = ` (${number})${ending}`;
  return shortened(stem, NAME_LIMIT - new TextEncoder().encode(mark).length) + mark;
}

/** As much of a text as fits, in bytes of UTF-8, and no half a character. */
function shortened(text: string, most: number): string {
  let kept = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    bytes += new TextEncoder().encode(segment).length;
    if (bytes > most) break;
    kept += segment;
  }
  return kept;
}
