import { newId } from '@valfri/core';
import { createTestDatabase, type TestDatabase } from '@valfri/sdk/testing';
import { freePort } from '@valfri/sdk/postgres';
import { type Kysely, sql } from 'kysely';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { hostMigrations } from '../database/database.ts';
import { type Host, startHost } from '../host.ts';
import { createLog } from '../log.ts';
import type { HostServices } from '../services.ts';
import {
  clientOf,
  createTestWorkspace,
  LiveClient,
  signIn,
  storedChatPlugin,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import type { Workspace } from '../workspace.ts';
import { backUp } from './backup.ts';
import { restore, type RestoreOptions } from './restore.ts';

const TYPES = ['room', 'member', 'message', 'reaction', 'place'];
const room = newId();
const progress = () => undefined;
const workspaceWith = (plugin = storedChatPlugin()): Workspace => ({
  name: 'Prov',
  plugins: [plugin],
  instances: [{ id: 'chat-main', plugin: 'chat-stored', settings: { token: 'hemlig' } }],
  bindings: [{ capability: 'chat', instance: 'chat-main' }],
});

let source: TestWorkspace;
let [ann, bo]: TestPerson[] = [];
let folders: string;
/** Messages whose sending was acknowledged before the first backup began, and the folder that it is in. */
let before: string[] = [];
let [lively, quiet]: string[] = [];
const say = async (text: string): Promise<string> => {
  const id = newId();
  await ann!.api.chat.sendMessage.mutate({ id, room, text });
  return id;
};

beforeAll(async () => {
  folders = mkdtempSync(join(tmpdir(), 'valfri-backup-'));
  [lively, quiet] = [join(folders, 'lively'), join(folders, 'quiet')];
  source = await createTestWorkspace({ workspace: workspaceWith() });
  [ann, bo] = [await source.person('Anna Ek'), await source.person('Bo Alm')];
  await ann!.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Rum\t"å"', people: [bo!.id] });
  for (let i = 0; i < 20; i++) before.push(await say(`före ${i}\n\\N\t\\. å 😀`));
  await bo!.api.chat.react.mutate({ room, message: before[0]!, emoji: '👍', on: true });
  await bo!.api.read.mark.mutate({ resource: room, seq: 7 });
  const { id: group } = await source.operator.api.groups.add.mutate({ name: 'Grupp' });
  await source.operator.api.groups.setMember.mutate({ id: group, person: bo!.id, member: true });
  await writeDuring(async () => void (await backUp({ ...from(), folder: lively! })));
  await backUp({ ...from(), folder: quiet! });
});
afterAll(async () => {
  await source[Symbol.asyncDispose]();
  rmSync(folders, { recursive: true, force: true });
});

const from = () => ({ data: source.directory, databaseUrl: source.services(({ database }) => database.url), progress });

/** Writes without a pause while something is done. */
async function writeDuring(work: () => Promise<void>): Promise<void> {
  let over = false;
  const writers = Array.from({ length: 4 }, async () => {
    for (let i = 0; !over; i++) await say(`under ${i}`);
  });
  await work().finally(() => (over = true));
  await Promise.all(writers);
}

interface Restored extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly options: RestoreOptions;
  start(workspace?: Workspace): Promise<Host & { url: string }>;
}

/** An empty database and data folder, with the key that the source has; and a way to start a host on them. */
async function emptyTarget(folder: string): Promise<Restored> {
  const database = await createTestDatabase();
  const data = mkdtempSync(join(folders, 'data-'));
  copyFileSync(join(source.directory, 'key'), join(data, 'key'));
  const port = await freePort();
  return {
    database,
    options: { folder, data, databaseUrl: database.url, workspace: workspaceWith(), progress },
    async start(workspace = workspaceWith()) {
      const config = readConfig({ port, data, databaseUrl: database.url, log: 'stdout' }, {});
      const host = await startHost({ workspace, config, log: createLog(() => undefined) });
      return Object.assign(host, { url: `http://localhost:${port}` });
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** What an instance says that it holds, by type, as it is kept and as it is counted anew. */
async function digests({ kernel }: HostServices): Promise<Record<string, unknown>> {
  const { portability } = kernel.instances.get('chat-main')!.provider;
  const of = async (type: string) => [
    await portability!.digest(type),
    await portability!.digest(type, { recompute: true }),
  ];
  return Object.fromEntries(await Promise.all(TYPES.map(async (type) => [type, await of(type)])));
}

/** Rows of the host's own tables that a backup must bring back as they were. */
async function rowsOf({ database }: HostServices): Promise<Record<string, unknown>> {
  const tables = [
    'people',
    'organisations',
    'groups',
    'group_members',
    'instances',
    'bindings',
    'markers',
    'preferences',
    'pseudonyms',
  ];
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    const { rows } = await sql`SELECT t::text AS row FROM ${sql.table(`valfri.${table}`)} t ORDER BY 1`.execute(
      database.db,
    );
    found[table] = rows;
  }
  return found;
}

describe('a backup that was made while people wrote', () => {
  test('has everything that was acknowledged before, and is of one moment', async () => {
    await using target = await emptyTarget(lively!);
    await restore(target.options);
    await using host = await target.start();
    const api = clientOf(host.url, await signIn(host.url, ann!));
    const messages = await allMessages(api);
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1));
    const ids = new Set(messages.map(({ id }) => id));
    expect(before.filter((id) => !ids.has(id))).toEqual([]);
    const now = await digests(host.services);
    for (const [kept, counted] of Object.values(now) as [object, object][]) expect(kept).toEqual(counted);
  });
});

async function allMessages(api: TestPerson['api']) {
  const found = [];
  for (let beforeId: string | undefined; ;) {
    const page = await api.chat.history.query({ room, limit: 100, ...(beforeId ? { before: beforeId } : {}) });
    found.unshift(...page.messages);
    if (!page.hasBefore) return found;
    beforeId = page.messages[0]!.id;
  }
}

describe('a host that was restored', () => {
  let target: Restored;
  let host: Host & { url: string };
  beforeAll(async () => {
    target = await emptyTarget(quiet!);
    await restore(target.options);
    host = await target.start();
  });
  afterAll(async () => {
    await host.stop();
    await target[Symbol.asyncDispose]();
  });

  test('holds what the first one holds, digest for digest and row for row', async () => {
    expect(await digests(host.services)).toEqual(await source.services(digests));
    expect(await rowsOf(host.services)).toEqual(await source.services(rowsOf));
    const [theirs] = await source.services((services) => services.audit.read({ limit: 500 }));
    const [last, first] = (await host.services.audit.read({ limit: 500 })).slice(-2);
    expect([theirs!.place > 5, first!.place, last!.place]).toEqual([true, 1, 2]);
    expect((await host.services.audit.verify()).broken).toBeUndefined();
  });

  test('lets people in by their passwords, and nobody by what was under way', async () => {
    expect((await clientOf(host.url, ann!.cookie).session.info.query()).signedIn).toBeUndefined();
    const cookie = await signIn(host.url, ann!);
    expect((await clientOf(host.url, cookie).session.info.query()).signedIn?.id).toBe(ann!.id);
    await expect(signIn(host.url, { ...ann!, password: 'fel' })).rejects.toThrow('401');
  });

  test('goes on where it was: numbers, secrets, events', async () => {
    const api = clientOf(host.url, await signIn(host.url, ann!));
    const [last] = (await allMessages(api)).slice(-1);
    const live = new LiveClient(host.url, await signIn(host.url, bo!));
    const place = source.services(({ outbox }) => outbox.position);
    await live.connect(place);
    expect(live.of('live.resync').map(({ data }) => data)).toEqual([{ capability: '*' }]);
    const { message } = await api.chat.sendMessage.mutate({ id: newId(), room, text: 'efter' });
    expect(message.seq).toBe(last!.seq + 1);
    await live.until((events) => events.some(({ type }) => type === 'message.posted'));
    expect(live.of('message.posted')).toHaveLength(1);
    live.cut();
    const [list] = await host.services.instances.all();
    expect(list).toMatchObject({ id: 'chat-main', settings: { token: 'hemlig' } });
  });

  test('is no place to restore into', async () => {
    await host.stop();
    await expect(restore(target.options)).rejects.toThrow(/has people in it already\. Restore into an empty one/);
    host = await target.start();
    expect(await rowsOf(host.services)).toEqual(await source.services(rowsOf));
  });
});

test('a machine that has no data folder yet can be restored onto', async () => {
  await using target = await emptyTarget(quiet!);
  const data = join(folders, 'new', 'machine');
  await restore({ ...target.options, data });
  expect(readFileSync(join(data, 'audit-head'), 'utf8')).toMatch(/^\d+ [0-9a-f]{64}\n$/);
  expect(statSync(data).mode & 0o777).toBe(0o700);
});

describe('what cannot be restored is refused before anything is touched', () => {
  const damaged = (change: (folder: string) => void): string => {
    const folder = mkdtempSync(join(folders, 'damaged-'));
    cpSync(quiet!, folder, { recursive: true });
    change(folder);
    return folder;
  };
  const edit = (file: string, work: (bytes: Buffer) => Buffer | string) => (folder: string) =>
    writeFileSync(join(folder, file), work(readFileSync(join(folder, file))));
  const manifest = (changes: object) =>
    edit('manifest.json', (text) => JSON.stringify({ ...JSON.parse(String(text)), ...changes }));
  const messages = 'plugin_chat_main.messages.copy.gz';
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ['no backup', () => mkdtempSync(join(folders, 'none-')), /holds no backup: manifest\.json is missing/],
    [
      'a file with one bit turned',
      () => damaged(edit(messages, (b) => ((b[b.length >> 1]! ^= 1), b))),
      /messages\.copy\.gz is missing or damaged.*another copy/,
    ],
    ['a file that was cut', () => damaged(edit(messages, (b) => b.subarray(0, -9))), /is missing or damaged/],
    ['a file that is gone', () => damaged((folder) => rmSync(join(folder, messages))), /is missing or damaged/],
    ['another format', () => damaged(manifest({ format: 2 })), /has the format 2; this host reads 1/],
    [
      'a newer host',
      () => damaged(manifest({ version: '9.0.0', hostMigration: '0999-later' })),
      /newer host \(9\.0\.0\)/,
    ],
    [
      'a plugin that is not there',
      () => damaged(manifest({ instances: [{ id: 'x', plugin: 'chat-gone', migration: null }] })),
      /plugin "chat-gone".*Add it/,
    ],
  ];
  test.each(cases)('%s', async (_, folder, reason) => {
    await using target = await emptyTarget(folder());
    await expect(restore(target.options)).rejects.toThrow(reason);
    const { rows } = await sql`SELECT FROM pg_namespace WHERE nspname = 'valfri'`.execute(target.database.db);
    expect(rows).toEqual([]);
  });

  test('nor is a backup written over another, or readable for others', async () => {
    await expect(backUp({ ...from(), folder: quiet! })).rejects.toThrow(/holds a backup already\. Name a new folder/);
    expect(statSync(quiet!).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(quiet!))
      expect([name, statSync(join(quiet!, name)).mode & 0o777]).toEqual([name, 0o600]);
  });
});

describe('an upgrade', () => {
  const later = {
    up: async (db: Kysely<never>) => {
      await sql`ALTER TABLE valfri.people ADD COLUMN nickname text NOT NULL DEFAULT 'ingen'`.execute(db);
    },
  };
  const migrations = { ...hostMigrations, '0999-later': later };
  const nicknames = async (db: Kysely<never>) => (await sql`SELECT nickname FROM valfri.people`.execute(db)).rows;

  test('of a backup from before is done while it is restored; the plugins’ when they start', async () => {
    await using target = await emptyTarget(quiet!);
    await restore({ ...target.options, migrations });
    expect(await nicknames(target.database.db)).toEqual(Array.from({ length: 3 }, () => ({ nickname: 'ingen' })));
  });

  test('of a plugin brings its tables up to date, and what is in them stays', async () => {
    await using target = await emptyTarget(quiet!);
    await restore(target.options);
    const up = async (db: Kysely<never>) =>
      void (await sql`ALTER TABLE rooms ADD COLUMN colour text DEFAULT 'blå'`.execute(db));
    await using host = await target.start(workspaceWith(storedChatPlugin({ '0003-colour': { up } })));
    const { rows } = await sql`SELECT colour FROM plugin_chat_main.rooms`.execute(target.database.db);
    expect(rows).toEqual([{ colour: 'blå' }]);
    expect(await digests(host.services)).toEqual(await source.services(digests));
  });

  test('that was made cannot be unmade by starting the old host: it says so, and what to do', async () => {
    await using target = await emptyTarget(quiet!);
    await restore({ ...target.options, migrations });
    await expect(target.start()).rejects.toThrow(
      /used with a newer host, which made the change 0999-later\. Start that version/,
    );
    expect(await nicknames(target.database.db)).toHaveLength(3);
  });
});
