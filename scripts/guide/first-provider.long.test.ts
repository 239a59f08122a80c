import { newId } from '@valfri/sdk';
import { freePort } from '@valfri/sdk/postgres';
import { arrive, type TestPerson } from '@valfri/server/testing';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Command, readGuide, writeFiles } from './guide.ts';

const run = promisify(execFile);
const PAGE = 'docs/build/your-first-provider.md';
const guide = readGuide(PAGE);
const folder = mkdtempSync(join(tmpdir(), 'valfri-guide-'));
const places = { repository: process.cwd(), plugin: join(folder, 'plugin'), workspace: join(folder, 'workspace') };
const packages = join(folder, 'packages');
let host: ChildProcess;
let operator: TestPerson;

beforeAll(async () => {
  mkdirSync(places.plugin);
  writeFiles(guide, places.plugin);
});

afterAll(async () => {
  const ended = host && new Promise((resolve) => host.once('exit', resolve));
  host?.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

/** Runs commands as the page has them, with the reader's paths put in. */
async function follow(commands: readonly Command[]): Promise<string> {
  let output = '';
  for (const { place, line } of commands) {
    const filled = line
      .replaceAll('/path/to/packages', packages)
      .replaceAll('/path/to/chat-journal', `${places.plugin}/chat-journal`);
    const env = { ...process.env, npm_config_fund: 'false', npm_config_audit: 'false', VALFRI_TEST_DATABASE: '' };
    const { stdout } = await run('sh', ['-c', filled], { cwd: places[place], env, maxBuffer: 2 ** 26 }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(`${filled}\n${error.stdout.slice(-3_000)}\n${error.stderr.slice(-3_000)}`);
      },
    );
    output += stdout;
  }
  return output;
}

function commandsUpTo(part: string): Command[] {
  const end = guide.commands.findIndex(({ line }) => line.includes(part));
  expect(end, `the page has no command with "${part}"`).toBeGreaterThanOrEqual(0);
  return guide.commands.slice(0, end + 1);
}

function commandsBetween(first: string, last: string): Command[] {
  return commandsUpTo(last).slice(commandsUpTo(first).length - 1);
}

/** Starts the workspace, and signs in by the link that it prints. */
async function start(): Promise<void> {
  const port = await freePort();
  host = spawn(process.execPath, ['main.js', 'start', '--port', String(port), '--log', 'file'], {
    cwd: places.workspace,
    env: { ...process.env, DATABASE_URL: '' },
  });
  let output = '';
  const link = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      output += String(data);
      const found = /http:\/\/\S+\/welcome#\S+/.exec(output);
      if (found) resolve(found[0]);
    };
    host.stdout!.on('data', read);
    host.stderr!.on('data', read);
    host.once('exit', () => reject(new Error(`it did not start:\n${output}`)));
  });
  operator = await arrive(`http://localhost:${port}`, link, { name: 'Disa Drift', email: 'disa@example.org' });
}

test('the plugin of the guide, written and packed outside, passes the contract suite', async () => {
  const output = await follow(commandsUpTo('npm pack'));
  expect(output).toMatch(/(#|ℹ) pass [1-9]\d+/);
  expect(output).toMatch(/(#|ℹ) fail 0/);
  expect(readdirSync(places.plugin)).toContain('chat-journal-0.1.0.tgz');
}, 300_000);

test('a workspace takes it in, and chat moves to it and back with nothing lost', async () => {
  expect(await follow(commandsBetween('npm install /path', 'main.js check'))).toMatch(/in order/i);
  await start();
  const { chat } = operator.api;
  const [room, root, reply] = [newId(), newId(), newId()];
  await chat.createRoom.mutate({ id: room, kind: 'group', name: 'Samråd' });
  await chat.sendMessage.mutate({ id: root, room, text: 'Innan' });
  await chat.sendMessage.mutate({ id: reply, room, thread: root, text: 'I tråden' });
  await chat.react.mutate({ room, message: root, emoji: '👍', on: true });

  await follow(commandsBetween('swap plan chat --to chat-journal', 'swap apply'));
  await chat.sendMessage.mutate({ id: newId(), room, text: 'I journalen' });
  await expect(chat.history.query({ room, thread: root })).rejects.toThrow(/threads/);
  const there = await chat.history.query({ room });
  expect(there.messages.map(({ text }) => text)).toEqual(['Innan', 'I tråden', 'I journalen']);

  await follow(commandsBetween('swap retire', 'swap plan chat --to chat-builtin'));
  await follow([guide.commands.findLast(({ line }) => line.endsWith('swap apply'))!]);
  const back = await chat.history.query({ room });
  expect(back.messages.map(({ text }) => text)).toEqual(['Innan', 'I journalen']);
  expect(back.messages[0]).toMatchObject({ reactions: [{ emoji: '👍' }], replies: { count: 1 } });
  const thread = await chat.history.query({ room, thread: root });
  expect(thread.messages.map(({ text }) => text)).toEqual(['Innan', 'I tråden']);
}, 300_000);

test('the proof of the move, with people writing, passes', async () => {
  expect(await follow(guide.commands.slice(-1))).toMatch(/(#|ℹ) pass 1\n(.*\n)*(#|ℹ) fail 0/);
}, 300_000);
