import { aGroup, aMessage, until, wholeHistory } from '@valfri/sdk/conformance';
import { describe, expect, test } from 'vitest';
import { ForeignClient, letIn, nativeRoom } from './harness/foreign-client.ts';
import { createMatrixHost, digestsOf, type MatrixHost, sharedSynapse } from './harness/matrix-host.ts';

/** Everything that the homeserver hands out of a room, as text. */
async function heldOf({ slot }: MatrixHost, native: string): Promise<string> {
  const { asToken } = slot.registration;
  const url = `${sharedSynapse!.url}/_matrix/client/v3/rooms/${encodeURIComponent(native)}/messages?dir=b&limit=200`;
  return (await fetch(url, { headers: { authorization: `Bearer ${asToken}` } })).text();
}

describe.skipIf(!sharedSynapse)('what is deleted', () => {
  test('leaves no text at the homeserver, of no edit either', async () => {
    await using host = await createMatrixHost();
    const { room, ann } = await aGroup(host);
    const native = await nativeRoom(host, room.id);
    const root = await aMessage(ann, room.id, { text: 'Kvar' });
    const { id } = await aMessage(ann, room.id, { text: 'Hemligt', thread: root.id });
    for (const text of ['Hemligare', 'Hemligast']) await ann.chat.editMessage({ room: room.id, message: id, text });
    expect(await heldOf(host, native)).toContain('Hemligast');
    await ann.chat.deleteMessage({ room: room.id, message: id });
    expect(await heldOf(host, native)).not.toMatch(/Hemlig/);
    expect(await heldOf(host, native)).toContain('Kvar');
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('by an owner with another client keeps its id, its place and its thread, at the homeserver too', async () => {
    await using host = await createMatrixHost();
    const { room, ann, bo } = await aGroup(host);
    const native = await nativeRoom(host, room.id);
    const erika = await ForeignClient.register(sharedSynapse!);
    await letIn(host, sharedSynapse!, { room: native, who: erika });
    const strangers = async () =>
      (await ann.chat.listMembers({ room: room.id })).members.filter(({ person }) => ![ann.id, bo.id].includes(person));
    await until('she is a member', async () => (await strangers()).length === 1);
    const { person } = (await strangers())[0]!;
    await ann.chat.setRole({ room: room.id, person, role: 'owner' });
    const root = await aMessage(ann, room.id, { text: 'Rot' });
    const inThread = await aMessage(ann, room.id, { text: 'I tråden', thread: root.id });
    await ann.chat.editMessage({ room: room.id, message: inThread.id, text: 'I tråden, ändrat' });
    const { chunk } = await erika.call('GET', `/rooms/${encodeURIComponent(native)}/messages?dir=b&limit=20`);
    const events = chunk as { event_id: string; content: Record<string, unknown> }[];
    for (const { event_id: redacts } of events.filter(({ content }) => String(content['body']).includes('I tråden')))
      expect((await erika.send(native, { redacts }, 'm.room.redaction')).status).toBe(200);
    const history = async () => (await ann.chat.history({ room: room.id, thread: root.id })).messages;
    await until('it is deleted', async () => (await history())[1]!.deletedAt !== undefined);
    expect((await history())[1]).toMatchObject({ id: inThread.id, seq: 2, author: ann.id, thread: root.id, text: '' });
    await until('it is written down', async () => (await heldOf(host, native)).split('se.valfri.trace').length > 2);
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
    expect(await wholeHistory(bo, room.id, 10)).toHaveLength(1);
  });
});
