import { expect, test } from 'vitest';
import { changesBetween } from './text-changes.ts';

function applied(text: string, after: string): string {
  return changesBetween(text, after).reduce(
    (all, { at, remove, insert }) => all.slice(0, at) + insert + all.slice(at + remove),
    text,
  );
}

test('what is changed between two texts makes one of the other', () => {
  const words = ['a', 'b', 'ö\n', '\n', 'c\n', 'en rad\n', '😀', 'ä\n\n'];
  let seed = 7;
  const random = (below: number) => (seed = (seed * 16_807) % 2_147_483_647) % below;
  const text = () => Array.from({ length: random(30) }, () => words[random(words.length)]).join('');
  for (let run = 0; run < 3_000; run++) {
    const [before, after] = [text(), text()];
    expect(applied(before, after)).toBe(after);
  }
});

test('lines that stand are left alone', () => {
  const before = 'one\ntwo\nthree\nfour\n';
  expect(changesBetween(before, 'one\n2\nthree\nfour\nfive\n')).toEqual([
    { at: before.length, remove: 0, insert: 'five\n' },
    { at: 4, remove: 3, insert: '2' },
  ]);
});

test('a pair of surrogates is never cut', () => {
  expect(changesBetween('x😀y', 'x😁y')).toEqual([{ at: 1, remove: 2, insert: '😁' }]);
});

test('texts that have nothing in common are replaced in bounded time', () => {
  const [before, after] = [0, 1].map((side) => Array.from({ length: 20_000 }, (_, i) => `${side} ${i}\n`).join(''));
  expect(applied(before!, after!)).toBe(after);
});
