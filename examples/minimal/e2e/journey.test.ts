import { newId } from '@valfri/sdk';
import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase } from '@valfri/sdk/testing';
import { clientOf, rawRequest } from '@valfri/server/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function start(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; out: () => string }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data) => (out += String(data)));
  while (!out.includes('answers at')) await Promise.race([once(child.stdout, 'data'), failed(child)]);
  return { child, out: () => out };
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`it ended with ${code}`);
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

test('it starts, signs somebody in, and keeps what they write', async () => {
  await using database = await createTestDatabase();
  const data = mkdtempSync(join(tmpdir(), 'valfri-minimal-'));
  const port = await freePort();
  const env = { VALFRI_PORT: String(port), VALFRI_DATA: data, DATABASE_URL: database.url };
  const url = `http://localhost:${port}`;
  try {
    const first = await start(env);
    await expect.poll(first.out).toMatch(/once: http\S+#\w+/);
    const token = /#(\w+)/.exec(first.out())![1];
    const headers = { 'content-type': 'application/json' };
    const welcome = await rawRequest(`${url}/api/welcome`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ token }),
    });
    const cookie = welcome.headers['set-cookie']![0]!.split(';')[0]!;
    const [room, id] = [newId(), newId()];
    const api = clientOf(url, cookie);
    await api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Allmänt' });
    await api.chat.sendMessage.mutate({ id, room, text: 'Hej' });
    await stop(first.child);
    const second = await start(env);
    expect((await api.chat.history.query({ room })).messages).toMatchObject([{ id, seq: 1, text: 'Hej' }]);
    await stop(second.child);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
