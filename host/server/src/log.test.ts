import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createLog, openLog } from './log.ts';

const entry = (details: Record<string, unknown>): Record<string, unknown> => {
  const lines: string[] = [];
  createLog((line) => lines.push(line), { instance: 'one' }).error('Något gick fel.', details);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
};

test('an error is written with its cause', () => {
  const error = new Error('outside', { cause: Object.assign(new Error('inside'), { code: 'ECONNREFUSED' }) });
  expect(entry({ error })).toMatchObject({
    ...{ level: 'error', message: 'Något gick fel.', instance: 'one' },
    error: { message: 'outside', cause: { message: 'inside', code: 'ECONNREFUSED' } },
  });
});

test('whatever a provider throws can be written: the one that tells of a fault makes none', () => {
  const circle: Record<string, unknown> = { name: 'circle', count: 1n };
  circle['self'] = circle;
  const getter = {
    get thrown(): never {
      throw new Error('from a getter');
    },
  };
  const self = new Error('self');
  self.cause = self;
  for (const error of [new Error('x', { cause: circle }), self, getter, circle, 1n, Symbol('x'), () => 1])
    expect(entry({ error })).toMatchObject({ level: 'error', message: 'Något gick fel.', instance: 'one' });
  expect(entry({ error: new Error('x', { cause: circle }) })['error']).toMatchObject({
    ...{ message: 'x', cause: { name: 'circle', count: '1' } },
  });
});

test('a log that cannot be written to is told once, and stops nobody', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-log-'));
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    mkdirSync(join(directory, 'logs', 'host.jsonl'), { recursive: true });
    const log = openLog('file', directory);
    await expect.poll(() => said.mock.calls.length, { timeout: 10_000 }).toBe(1);
    for (let i = 0; i < 10; i++) log.info('Ingen hör.');
    await new Promise((resolve) => setImmediate(resolve));
    expect(said.mock.calls).toEqual([[expect.stringMatching(/host\.jsonl cannot be written to \(EISDIR/)]]);
  } finally {
    said.mockRestore();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('a log in a file is one JSON object a line', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-log-'));
  openLog('file', directory).with({ instance: 'one' }).info('Hej', { n: 1 });
  const read = () => readFileSync(join(directory, 'logs', 'host.jsonl'), 'utf8');
  await expect.poll(read, { timeout: 10_000 }).toMatch(/^\{.*"message":"Hej","instance":"one","n":1\}\n$/);
  rmSync(directory, { recursive: true, force: true });
});
