import { aGroup, aMessage, texts, until, wholeHistory } from '@valfri/sdk/conformance';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { aMoment, createMatrixHost, type MatrixHost, sharedSynapse } from './harness/matrix-host.ts';

/** Says something to the inbound route, as whoever has the token. */
async function tell(host: MatrixHost, path: string, given: { body?: string; token?: string; method?: string } = {}) {
  const { body = '{}', token = host.slot.registration.hsToken, method = 'PUT' } = given;
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const request = new Request(`http://inbound/_matrix/app/v1${path}`, { method, body, headers });
  return (await host.running.inbound!(request)).status;
}

describe.skipIf(!sharedSynapse)('what the homeserver hands over', () => {
  test('is refused from anybody who does not know its token', async () => {
    await using host = await createMatrixHost();
    const { room, ann } = await aGroup(host);
    const sent = await aMessage(ann, room.id);
    const body = JSON.stringify({ events: [redactionOf(host, sent.id)] });
    expect(await tell(host, '/transactions/1x', { body, token: '' })).toBe(401);
    for (const token of ['x', host.slot.registration.asToken, `${host.slot.registration.hsToken}x`])
      expect(await tell(host, '/transactions/1x', { body, token })).toBe(403);
    expect(texts(await wholeHistory(ann, room.id, 10))).toEqual([sent.text]);
  });

  test('changes nothing when it comes again, as the same transaction or as another', async () => {
    await using host = await createMatrixHost();
    const { room, ann, bo } = await aGroup(host);
    const { id } = await aMessage(ann, room.id, { text: 'Första' });
    await ann.chat.editMessage({ room: room.id, message: id, text: 'Andra' });
    await bo.chat.react({ room: room.id, message: id, emoji: '👍', on: true });
    await bo.chat.react({ room: room.id, message: id, emoji: '👍', on: false });
    const before = await aMoment(host, ann, room.id);
    const requests = host.slot.requests.filter(({ path }) => path.includes('/transactions/'));
    expect(requests.length).toBeGreaterThan(3);
    for (const again of ['', '-again'])
      for (const { path, body } of requests) {
        const [plain] = path.replace('/_matrix/app/v1', '').split('?');
        expect(await tell(host, `${plain}${again}`, { body })).toBe(200);
      }
    expect(await aMoment(host, ann, room.id)).toEqual(before);
  });

  test('changes nothing when it comes again because we ended before it could be marked', async () => {
    await using host = await createMatrixHost();
    const { room, ann, bo } = await aGroup(host);
    const { id } = await aMessage(ann, room.id, { text: 'Första' });
    await bo.chat.react({ room: room.id, message: id, emoji: '👍', on: true });
    await ann.chat.editMessage({ room: room.id, message: id, text: 'Andra' });
    const before = await aMoment(host, ann, room.id);
    const { path, body } = host.slot.requests.findLast((request) => request.body.includes('Andra'))!;
    await forget(host, (JSON.parse(body) as { events: { event_id: string }[] }).events);
    expect(await tell(host, path.replace('/_matrix/app/v1', ''), { body })).toBe(200);
    expect(await aMoment(host, ann, room.id)).toEqual(before);
  });

  test('is taken for what can be understood of it', async () => {
    await using host = await createMatrixHost();
    const { room, ann } = await aGroup(host);
    await aMessage(ann, room.id);
    const before = await aMoment(host, ann, room.id);
    for (const body of ['', 'x', '[]', '7', 'null', '{"events":'])
      expect(await tell(host, '/transactions/g1', { body })).toBe(400);
    const rubbish = [
      ...[
        null,
        7,
        'x',
        [],
        {},
        { event_id: 1 },
        { event_id: '$a', room_id: '!b', type: 'm.room.message', sender: '@c' },
      ],
      ...rubbishEvents(host),
    ];
    const body = JSON.stringify({
      events: rubbish,
      ephemeral: [1, { type: 'm.typing', room_id: 2 }, { type: 'm.typing', room_id: '!x' }],
    });
    expect(await tell(host, '/transactions/g2', { body })).toBe(200);
    for (const events of [null, 'x', { a: 1 }])
      expect(await tell(host, `/transactions/g-${String(events)}`, { body: JSON.stringify({ events }) })).toBe(200);
    expect(await tell(host, '/users/@x:y', { method: 'POST' })).toBe(404);
    expect(await tell(host, '/else', { method: 'POST' })).toBe(404);
    expect(await tell(host, '/ping', { method: 'POST' })).toBe(200);
    expect(await aMoment(host, ann, room.id)).toEqual(before);
    await aMessage(ann, room.id, { text: 'Vidare' });
    await until('what is written is there', async () => texts(await wholeHistory(ann, room.id, 10)).includes('Vidare'));
  });
});

/** As if what was taken in had not been marked. */
async function forget({ database, instance }: MatrixHost, events: readonly { event_id: string }[]): Promise<void> {
  const schema = `plugin_${instance.replaceAll('-', '_')}`;
  const ids = events.map(({ event_id }) => event_id);
  await sql`DELETE FROM ${sql.table(`${schema}.matrix_events`)} WHERE id = ANY(${ids})`.execute(database.db);
  await sql`TRUNCATE ${sql.table(`${schema}.matrix_transactions`)}`.execute(database.db);
}

function redactionOf({ slot }: MatrixHost, id: string): object {
  const sender = `@${slot.registration.prefix}bot:${sharedSynapse!.serverName}`;
  const content = { redacts: id, 'se.valfri': { id } };
  return { event_id: '$r', room_id: '!r', type: 'm.room.redaction', sender, origin_server_ts: 1, content };
}

/** Well-formed events that say what cannot be: of rooms that are not there, with values of the wrong kind. */
function rubbishEvents(host: MatrixHost): object[] {
  const sender = `@${host.slot.registration.prefix}bot:${sharedSynapse!.serverName}`;
  const types = [
    'm.room.message',
    'm.reaction',
    'm.room.redaction',
    'm.room.member',
    'm.room.power_levels',
    'm.room.name',
  ];
  const contents = [
    {},
    { redacts: 7 },
    { 'm.relates_to': [] },
    { users: 7 },
    { 'se.valfri': { id: 'x', owners: [7], seq: 'y' } },
  ];
  return types.flatMap((type, i) =>
    contents.map((content, j) => ({
      ...{ event_id: `$${i}-${j}`, room_id: '!not-there', type, sender, origin_server_ts: -5, content },
      ...(i > 2 ? { state_key: '@x:y' } : {}),
      unsigned: { redacted_because: j % 2 ? 'x' : { content: 7 } },
    })),
  );
}
