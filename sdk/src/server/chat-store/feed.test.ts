import { newId } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { connect } from '../../postgres/connect.ts';
import { readHorizon } from '../../postgres/horizon.ts';
import { Random } from '../../testing/random.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { readChanges, readHead } from './feed.ts';
import { type ChatTables, createChatTables } from './tables.ts';

const [WRITERS, EACH] = [10, 25];

async function store(): Promise<TestDatabase & { readonly chat: Kysely<ChatTables> }> {
  const database = await createTestDatabase();
  await createChatTables(database.db);
  return { ...database, chat: database.db as unknown as Kysely<ChatTables> };
}

/** Writes a message, and commits after a moment; or changes its mind. */
async function writeSlowly(db: Kysely<ChatTables>, given: { id: string; room: string; seq: number }, random: Random) {
  const gaveUp = new Error('on purpose');
  const work = db.transaction().execute(async (trx) => {
    const { id, room, seq } = given;
    await sql`INSERT INTO messages (id, room, seq, author, sent_at, text, mentions, attachments)
      VALUES (${id}, ${room}, ${seq}, ${id}, 1, 'x', '{}', '[]')`.execute(trx);
    await sql`SELECT pg_sleep(${random.next() ** 3 * 0.04})`.execute(trx);
    if (random.next() < 0.1) throw gaveUp;
  });
  return work.then(
    () => true,
    (error: unknown) => {
      if (error !== gaveUp) throw error;
      return false;
    },
  );
}

test('whoever reads the changes while many write slowly skips none; a reader by number alone does', async () => {
  const random = new Random();
  console.log(`seed ${random.seed}`);
  await using database = await store();
  const own = connect<ChatTables>({ url: database.url, name: 'writers', most: WRITERS });
  const written: string[] = [];
  let writing = true;

  const write = async (writer: number) => {
    for (let seq = 1; seq <= EACH; seq++) {
      const given = { id: newId(), room: `00000000-0000-8000-8000-00000000000${writer}`, seq };
      if (await writeSlowly(own, given, random)) written.push(given.id);
    }
  };
  const seen = new Set<string>();
  const follow = async () => {
    let [after, done]: [string | undefined, boolean] = [undefined, false];
    while (writing || !done) {
      const page = await readChanges(database.chat, after, 1 + random.below(20));
      for (const { key } of page.records) seen.add(key);
      [after, done] = [page.next, page.caughtUp && !writing];
    }
  };
  /** The control: it goes on after the highest number that it has seen. */
  const naive = new Set<string>();
  const followNaively = async () => {
    for (let [last, over] = ['0', false]; !over;) {
      over = !writing;
      const { rows } = await sql<{ id: string; made: string }>`
        SELECT id, made::text FROM messages WHERE made > ${last}::xid8 ORDER BY made`.execute(database.chat);
      for (const { id } of rows) naive.add(id);
      last = rows.at(-1)?.made ?? last;
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, i) => write(i))).finally(() => (writing = false));
  await Promise.all([writers, follow(), followNaively()]);
  await own.destroy();
  expect(written.length).toBeGreaterThan(WRITERS * EACH * 0.7);
  expect(written.filter((id) => !seen.has(id))).toEqual([]);
  expect(seen.size).toBe(written.length);
  expect(written.filter((id) => !naive.has(id)).length, 'the control is to lose some').toBeGreaterThan(0);
});

test('a transaction of this database holds the horizon back; one of another on the same server does not', async () => {
  await using database = await store();
  await using other = await createTestDatabase();
  const [here, there] = [database, other].map(({ url }) => connect<never>({ url, name: 'lasting', most: 1 }));
  const begin = async (db: Kysely<never>) => {
    const trx = await db.startTransaction().execute();
    const { rows } = await sql<{ id: string }>`SELECT pg_current_xact_id()::text AS id`.execute(trx);
    return { id: BigInt(rows[0]!.id), end: () => trx.commit().execute() };
  };
  const room = newId();
  const insert = () =>
    sql`INSERT INTO members (room, person, role, joined_at, gone) VALUES (${room}, ${newId()}, 'member', 1, false)`.execute(
      database.db,
    );
  const start = await readHead(database.chat);
  const foreign = await begin(there!);
  await insert();
  await expect.poll(async () => BigInt(await readHorizon(database.db)) > foreign.id).toBe(true);
  await expect.poll(async () => (await readChanges(database.chat, start, 10)).records.length).toBe(1);
  const own = await begin(here!);
  await insert();
  await expect.poll(async () => BigInt(await readHorizon(database.db))).toBe(own.id);
  expect((await readChanges(database.chat, start, 10)).records).toHaveLength(1);
  expect((await readChanges(database.chat, start, 10)).caughtUp).toBe(false);
  await own.end();
  await expect.poll(async () => (await readChanges(database.chat, start, 10)).records.length).toBe(2);
  await foreign.end();
  await Promise.all([here!.destroy(), there!.destroy()]);
});
