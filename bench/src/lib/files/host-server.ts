import { workspace } from '@valfri/example-workspace';
import { documents, newId } from '@valfri/sdk';
import { schemaOf } from '@valfri/sdk/postgres';
import { sql } from 'kysely';
import { startBenchHost } from '../bench-host.ts';

// The whole host with its embedded defaults, in a process of its own, with one person who is signed in.
const { host, ...bench } = await startBenchHost(workspace);
const { database, organisation, people, kernel } = host.services;
const [email, token] = ['anna@example.org', `bench-${newId()}`];
const person = await people.add({ organisation, name: 'Anna', email });
await signIn();
const handle = kernel.handle(documents, { person, organisation });
const { node: home } = await handle.getHome({});

process.on('message', async (entries: number) => process.send!(await folderOf(entries)));
process.once('disconnect', () => void bench[Symbol.asyncDispose]().then(() => process.exit()));
process.send!({ url: host.publicUrl, cookie: `__Host-valfri.session_token=${token}`, home: home.id });

/** A session, as signing in would leave it. */
async function signIn(): Promise<void> {
  await sql`INSERT INTO accounts."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
    VALUES (${person}, 'Anna', ${email}, true, now(), now())`.execute(database.db);
  await sql`INSERT INTO accounts.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
    VALUES (${newId()}, ${token}, ${person}, now() + interval '1 day', now(), now())`.execute(database.db);
}

/** A folder with so many files, as making them one by one would leave it. */
async function folderOf(entries: number): Promise<string> {
  const { node } = await handle.createFolder({ id: newId(), parent: home.id, name: `${entries} filer` });
  const schema = schemaOf('documents-builtin');
  const at = Date.now();
  await sql`
    WITH made AS (
      INSERT INTO ${sql.id(schema, 'nodes')} (id, kind, parent, name, organisation, created_at, created_by, version, placed)
      SELECT gen_random_uuid(), 'file', ${node.id}, 'Ärende ' || md5(i::text) || ' ' || i || '.odt', ${organisation}, ${at},
        ${person}, gen_random_uuid(), true
      FROM generate_series(1, ${entries}::int) AS i RETURNING id, version)
    INSERT INTO ${sql.id(schema, 'versions')} (id, file, size, sha256, media_type, modified_at, saved_at, saved_by)
    SELECT version, id, 1000, repeat('0', 64), 'text/plain', ${at}, ${at}, ${person} FROM made`.execute(database.db);
  await sql`ANALYZE ${sql.id(schema, 'nodes')}, ${sql.id(schema, 'versions')}`.execute(database.db);
  return node.id;
}
