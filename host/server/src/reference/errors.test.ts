import { CALLER_ERRORS, PLUGIN_ERRORS } from '@valfri/core';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );

test('the page has every code of a plugin author’s catalogue with its meaning and a remedy, and no other', () => {
  const told = rows.filter(([code]) => code!.includes('VF_ERR_'));
  expect(Object.fromEntries(told.map(([code, meaning]) => [code!.replaceAll('`', ''), meaning]))).toEqual(
    PLUGIN_ERRORS,
  );
  expect(told.filter(([, , remedy]) => !remedy || !remedy.endsWith('.'))).toEqual([]);
  expect(told).toHaveLength(Object.keys(PLUGIN_ERRORS).length);
});

test('the page has every code of the error table with its status and remedy, and no other', () => {
  const told = rows.filter(([code]) => !code!.includes('VF_ERR_'));
  const table = told.map(([code, http, meaning, remedy]) => {
    expect(meaning).toMatch(/\.$/);
    return [code!.replaceAll('`', ''), { http: Number(http), remedy }];
  });
  expect(Object.fromEntries(table)).toEqual(CALLER_ERRORS);
  expect(table).toHaveLength(Object.keys(CALLER_ERRORS).length);
});
