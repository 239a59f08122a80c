import { CALLER_ERRORS, PLUGIN_ERRORS } from '@valfri/core';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

/** The rows of the table under a heading. */
function rowsUnder(heading: string): string[][] {
  const [, section] = page.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return section!
    .split(/^#/m)[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
}

/** Every text that follows a word in the source of some folders. */
function wordsAfter(word: string, folders: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of folders) {
    const root = new URL(`../../../../${folder}/src/`, import.meta.url);
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const text = readFileSync(new URL(file, root), 'utf8');
      for (const [, each] of text.matchAll(new RegExp(`${word}: '([A-Z_]+)'`, 'g'))) found.add(each!);
    }
  }
  return found;
}

test('the page has every code of a plugin author’s catalogue with its meaning and a remedy, and no other', () => {
  const told = rowsUnder('What a plugin author or an operator is told');
  expect(Object.fromEntries(told.map(([code, meaning]) => [code!.replaceAll('`', ''), meaning]))).toEqual(
    PLUGIN_ERRORS,
  );
  expect(told.filter(([, , remedy]) => !remedy || !remedy.endsWith('.'))).toEqual([]);
  expect(told).toHaveLength(Object.keys(PLUGIN_ERRORS).length);
});

test('the page has every code of the error table with its status and remedy, and no other', () => {
  const told = rowsUnder('What a caller is told');
  const table = told.map(([code, http, meaning, remedy]) => {
    expect(meaning).toMatch(/\.$/);
    return [code!.replaceAll('`', ''), { http: Number(http), remedy }];
  });
  expect(Object.fromEntries(table)).toEqual(CALLER_ERRORS);
  expect(table).toHaveLength(Object.keys(CALLER_ERRORS).length);
});

test('the page has every reason that core, SDK and host give', () => {
  const given = wordsAfter('reason', ['core', 'sdk', 'host/server']);
  // These say what became of a record, and are no answers to a caller.
  const ofRecords = new Set(['INVALID', 'PARENT_MISSING']);
  const told = rowsUnder('Reasons').map(([reason]) => reason!.replaceAll('`', ''));
  expect(told).toEqual([...given].filter((each) => !ofRecords.has(each)).sort());
});

test('the page has every reason for which a move stops', () => {
  const source = readFileSync(new URL('../../../../core/src/swap/swap.ts', import.meta.url), 'utf8');
  const [, codes] = /interface SwapFailure \{[^}]*code:\s([^;]+);/.exec(source)!;
  const told = rowsUnder('Why a move stopped').map(([code]) => code!.replaceAll('`', ''));
  expect(told).toEqual([...codes!.matchAll(/'(\w+)'/g)].map(([, code]) => code));
});
