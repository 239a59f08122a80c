import { nameFault } from '@valfri/sdk';
import { expect, test } from 'vitest';
import { escapedName, freeName, nameFor, segmentsFor } from './names.ts';

test('a name is tried as it is, then without what servers refuse, then with a number', () => {
  const [first, second, third] = segmentsFor('a:b?.txt');
  expect([first, second, third]).toEqual(['a:b?.txt', 'a%3Ab%3F.txt', 'a%3Ab%3F (2).txt']);
});

test('the provider’s own names are never those of files', () => {
  expect([...segmentsFor('.valfri')].filter((segment) => segment.startsWith('.valfri'))).toEqual([]);
});

test('an escaped name is no longer than a name may be, and another for each', () => {
  const names = ['?'.repeat(255), `${'?'.repeat(254)}*`, `${'å:'.repeat(80)}.docx`].map((name) => escapedName(name));
  expect(names.every((name) => Buffer.byteLength(name) <= 255)).toBe(true);
  expect(new Set(names).size).toBe(3);
  expect(names[2]).toMatch(/\.docx$/);
});

test('whatever a server calls something, its name here is one', () => {
  for (const segment of ['a\\b', ' mellanslag ', 'a\u0001', 'e\u0301', '\ud800', '  ', 'x'.repeat(300)])
    expect(nameFault(nameFor(segment)), segment).toBeUndefined();
  expect(nameFor('e\u0301')).toBe('é');
});

test('a name that is taken gets a number', () => {
  const taken = new Set(['a.txt', 'a (2).txt']);
  expect(freeName('a.txt', (name) => taken.has(name))).toBe('a (3).txt');
});
