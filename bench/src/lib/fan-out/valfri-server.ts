import { workspace } from '@valfri/example-workspace';
import { chat, newId } from '@valfri/sdk';
import { sql } from 'kysely';
import { startBenchHost } from '../bench-host.ts';
import { MARK, now } from './protocol.ts';

// The whole host with its embedded defaults, in a process of its own, with one room of so many people.
const people = Number(process.argv[2]);
const { host } = await startBenchHost(workspace);
const { services } = host;
const { organisation, kernel } = services;
const ids = Array.from({ length: people }, () => newId());
const tokens = ids.map(() => `bench-${newId()}`);
await addPeople();
const room = newId();
const handle = kernel.handle(chat, { person: ids[0]!, organisation });
await handle.createRoom({ id: room, kind: 'channel', name: 'Alla' });
for (let i = 1; i < ids.length; i += 200) await handle.addMembers({ room, people: ids.slice(i, i + 200) });

process.on('message', (message) => {
  if (message === 'cpu') return process.send!(process.cpuUsage());
  return handle.sendMessage({
    id: newId(),
    room,
    text: `Ett meddelande som alla i rummet får läsa ${MARK}${now().toFixed(3)}|`,
  });
});
process.once('disconnect', () => void host.stop().then(() => process.exit()));
process.send!({
  url: `${host.publicUrl.replace('http', 'ws')}/live`,
  cookies: tokens.map((token) => `__Host-valfri.session_token=${token}`),
});

/** Accounts with a session each, as signing in would leave them: five thousand passwords would take an hour. */
async function addPeople(): Promise<void> {
  const { db } = services.database;
  const at = Date.now();
  const email = (id: string) => `${id}@example.org`;
  await sql`INSERT INTO valfri.people (id, organisation, email, display_name, kind, operator, created_at)
    SELECT id, ${organisation}, id || '@example.org', 'Person', 'member', false, ${at}
    FROM unnest(${ids}::uuid[]) AS id`.execute(db);
  await sql`INSERT INTO accounts."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
    SELECT id, 'Person', email, true, now(), now()
    FROM unnest(${ids}::text[], ${ids.map(email)}::text[]) AS u (id, email)`.execute(db);
  await sql`INSERT INTO accounts.session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
    SELECT id, token, id, now() + interval '1 day', now(), now()
    FROM unnest(${ids}::text[], ${tokens}::text[]) AS s (id, token)`.execute(db);
}
