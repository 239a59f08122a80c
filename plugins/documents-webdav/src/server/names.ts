import { nameFault, normalName, numberedName } from '@valfri/sdk';
import { createHash } from 'node:crypto';
import { OWN } from './places.ts';

/** What file systems and products refuse in names, beside what nobody can have. */
const REFUSED = /[<>:"|?*%]|^\.|[. ]$/g;
const LONGEST = 255;
/** What no name in the mirror may hold, beside control characters. */
const FORBIDDEN: ReadonlySet<string> = new Set(['/', '\\', '\u007F']);

/** Names on the server for a name in the mirror, in the order in which they are tried. */
export function* segmentsFor(name: string): Generator<string> {
  if (!isOwn(name)) yield name;
  yield escapedName(name);
  for (let number = 2; number < 100; number++) yield numberedName(escapedName(name, LONGEST - 8), number);
}

/** Whether a name on the server is the provider's own. */
export function isOwn(segment: string): boolean {
  return segment.startsWith(OWN);
}

/** A name without what servers refuse; one that gets too long so is cut, and marked by its hash. */
export function escapedName(name: string, longest: number = LONGEST): string {
  const escaped = name.replace(REFUSED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  if (Buffer.byteLength(escaped) <= longest) return escaped;
  const mark = `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(escaped)?.[0] ?? '';
  return cut(escaped.slice(0, escaped.length - ending.length), longest - mark.length - ending.length) + mark + ending;
}

function cut(text: string, bytes: number): string {
  let kept = text;
  while (Buffer.byteLength(kept) > bytes) kept = [...kept].slice(0, -1).join('');
  return kept;
}

/** The name in the mirror for a name that others gave on the server. */
export function nameFor(segment: string): string {
  const name = normalName(segment);
  if (nameFault(name) === undefined) return name;
  const characters = Array.from(segment.toWellFormed(), (each) => (FORBIDDEN.has(each) || each < ' ' ? '_' : each));
  const usable = normalName(characters.join('').trim());
  return nameFault(usable) === undefined ? usable : cut(usable || '_', LONGEST);
}

/** A name that nothing in a folder has, as near as can be to the one wanted. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name;
  for (let number = 2; ; number++) {
    const numbered = numberedName(name, number);
    if (!isTaken(numbered)) return numbered;
  }
}
