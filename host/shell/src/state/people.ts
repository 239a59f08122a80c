import { signal } from '@preact/signals-core';
import { text } from '../text/text.ts';
import { api } from './api.ts';
import { bootstrap, type PersonView } from './bootstrap.ts';

const MOST_AT_ONCE = 200;
const known = signal<ReadonlyMap<string, PersonView>>(
  new Map((bootstrap.people ?? []).map((person) => [person.id, person])),
);
const wanted = new Set<string>();
const asked = new Set<string>();
let scheduled = false;

/** A person, as far as known; who is not is asked for, together with others, and drawn when they have come. */
export function person(id: string): PersonView | undefined {
  const found = known.value.get(id);
  if (!found && !asked.has(id)) want(id);
  return found;
}

/** A person's name, or a word for somebody where it is not known (yet). */
export function nameOf(id: string): string {
  return person(id)?.name ?? text.value.unknownPerson;
}

/** Takes people in who came with something else. */
export function learn(people: readonly PersonView[]): void {
  if (people.length > 0) known.value = new Map([...known.value, ...people.map((each) => [each.id, each] as const)]);
}

/** Asks anew for somebody who changed. */
export function refresh(id: string): void {
  if (known.peek().has(id)) want(id);
}

function want(id: string): void {
  wanted.add(id);
  asked.add(id);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    const ids = [...wanted].slice(0, MOST_AT_ONCE);
    for (const each of ids) wanted.delete(each);
    if (wanted.size > 0) want(wanted.values().next().value!);
    api.people.byIds.query({ ids }).then(learn, () => ids.forEach((each) => asked.delete(each)));
  });
}

const HUES = ['#a33468', '#2f5ca6', '#7a5c16', '#47705a', '#6d4f9c', '#8c4a2f', '#2c6f7d', '#5d6330'];

/** A colour for a person's initials, the same every time; white is readable on each. */
export function colourOf(id: string): string {
  let sum = 0;
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
  return HUES[sum % HUES.length]!;
}

/** The first letters of the first and the last name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}
