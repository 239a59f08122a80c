import type { Message } from '@valfri/sdk';
import { aGroup, aMessage, someone, until, wholeHistory } from '@valfri/sdk/conformance';
import { describe, expect, test } from 'vitest';
import { ForeignClient, letIn, nativeRoom } from './harness/foreign-client.ts';
import { createMatrixHost, digestsOf, type MatrixHost, sharedSynapse } from './harness/matrix-host.ts';

/** A group in which somebody with another client is too. */
async function aMixedGroup(host: MatrixHost) {
  const { room, ann, bo } = await aGroup(host);
  const erika = await ForeignClient.register(sharedSynapse!);
  const native = await nativeRoom(host, room.id);
  await letIn(host, sharedSynapse!, { room: native, who: erika });
  await until('she is a member', async () => (await ann.chat.getRoom({ room: room.id })).room.memberCount === 3);
  const messages = () => wholeHistory(ann, room.id, 50);
  const see = async (what: string, holds: (all: Message[]) => boolean) => {
    await until(what, async () => holds(await messages()));
    return messages();
  };
  return { room: room.id, native, ann, bo, erika, see };
}

describe.skipIf(!sharedSynapse)('people with other Matrix clients', () => {
  test('write, answer, edit, react and delete, and are read under ids that stay', async () => {
    await using host = await createMatrixHost();
    const { room, native, ann, erika, see } = await aMixedGroup(host);
    const ours = await aMessage(ann, room, { text: 'Hej Erika' });
    const event = await erika.say(native, 'Hej **på** er');
    const [, first] = await see('it is there', (all) => all.length === 2);
    expect(first).toMatchObject({ text: 'Hej **på** er', seq: 2, room });
    await erika.say(native, '* rättat', {
      'm.new_content': { msgtype: 'm.text', body: 'rättat' },
      'm.relates_to': { rel_type: 'm.replace', event_id: event },
    });
    const [, edited] = await see('it is edited', (all) => all[1]!.text === 'rättat');
    expect(edited).toMatchObject({ id: first!.id, author: first!.author });
    expect(edited!.editedAt).toBeGreaterThanOrEqual(edited!.sentAt);
    const reaction = { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key: '👍' } };
    const { event_id: put } = await erika.send(native, reaction, 'm.reaction');
    await see('the emoji is there', (all) => all[1]!.reactions.length === 1);
    await erika.send(native, { redacts: put }, 'm.room.redaction');
    await see('the emoji is off', (all) => all[1]!.reactions.length === 0);
    await erika.say(native, `> <@x> Hej\n\nJag svarar`, { 'm.relates_to': { 'm.in_reply_to': { event_id: event } } });
    const [, , answer] = await see('the answer is there', (all) => all.length === 3);
    expect(answer).toMatchObject({ text: 'Jag svarar', replyTo: first!.id });
    await erika.send(native, { redacts: event }, 'm.room.redaction');
    const [, deleted] = await see('it is deleted', (all) => all[1]!.deletedAt !== undefined);
    expect(deleted).toMatchObject({ id: first!.id, text: '', seq: 2 });
    expect(ours.seq).toBe(1);
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('are believed for what is theirs only', async () => {
    await using host = await createMatrixHost();
    const { room, native, ann, erika, see } = await aMixedGroup(host);
    const ours = await aMessage(ann, room, { text: 'Annas' });
    await erika.say(native, 'Låtsas', { 'se.valfri': { id: ours.id, author: ours.author, seq: 1, quiet: true } });
    const [first, forged] = await see('it is there', (all) => all.length === 2);
    expect(first).toEqual(ours);
    expect(forged).toMatchObject({ seq: 2, text: 'Låtsas' });
    expect(forged!.author).not.toBe(ann.id);
    const fake = { instance: host.instance, id: room, kind: 'channel', organisation: room, createdAt: 1 };
    const path = `/rooms/${encodeURIComponent(native)}/state/se.valfri.room`;
    expect((await erika.call('PUT', path, fake)).status).toBe(403);
    const users = { [erika.account]: 100 };
    const levels = `/rooms/${encodeURIComponent(native)}/state/m.room.power_levels`;
    expect((await erika.call('PUT', levels, { users })).status).toBe(403);
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('write rubbish, and it is made to fit', async () => {
    await using host = await createMatrixHost();
    const { native, erika, see } = await aMixedGroup(host);
    for (const body of ['', 'x'.repeat(20_000)]) await erika.say(native, body);
    await erika.send(native, { 'm.relates_to': 'x', msgtype: 7, body: { a: 1 } });
    await erika.send(native, { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$x', key: 7 } }, 'm.reaction');
    await erika.say(native, 'Sist', { 'm.mentions': { user_ids: ['x', '@nobody:valfri.test'] } });
    const all = await see('the last is there', (messages) => messages.at(-1)?.text === 'Sist');
    expect(all[0]!.text).toBe('…');
    expect(all[1]!.text.length).toBe(12_000);
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('cannot write while it is frozen; what they wrote just before is in', async () => {
    await using host = await createMatrixHost();
    const { room, native, ann, bo, erika, see } = await aMixedGroup(host);
    const { portability } = host.provider;
    const before = await portability!.head();
    await Promise.all([erika.say(native, 'ett'), erika.say(native, 'två')]);
    await portability!.freeze!(true);
    const { records } = await portability!.changes({ after: before, limit: 100 });
    expect(
      records
        .filter(({ type }) => type === 'message')
        .map(({ value }) => value!['text'])
        .sort(),
    ).toEqual(['ett', 'två']);
    expect((await erika.send(native, { msgtype: 'm.text', body: 'tre' })).status).toBe(403);
    expect(
      (await erika.call('POST', `/rooms/${encodeURIComponent(native)}/invite`, { user_id: '@x:valfri.test' })).status,
    ).toBe(403);
    const record = {
      id: ann.id,
      room,
      seq: 3,
      author: bo.id,
      sentAt: 1_000,
      text: 'Därifrån',
      mentions: [],
      attachments: [],
    };
    const report = await portability!.ingest([{ type: 'message', key: ann.id, value: record }]);
    expect(report).toEqual({ accepted: 1, rejected: [], lossy: [] });
    await portability!.freeze!(false);
    await erika.say(native, 'fyra');
    const all = await see('she writes again', (messages) => messages.at(-1)?.text === 'fyra');
    expect(all.map(({ text }) => text)).toEqual(expect.arrayContaining(['Därifrån', 'fyra']));
    expect((await ann.chat.listMembers({ room })).members.map(({ role }) => role).sort()).toEqual([
      'member',
      'member',
      'owner',
    ]);
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('are seen typing, and see what we write', async () => {
    await using host = await createMatrixHost();
    const { room, native, ann, erika } = await aMixedGroup(host);
    const eve = someone(host);
    await ann.chat.addMembers({ room, people: [eve.id] });
    await aMessage(eve, room, { text: `Hej <@${ann.id}>`, mentions: [ann.id] });
    const path = `/rooms/${encodeURIComponent(native)}`;
    const { chunk } = await erika.call('GET', `${path}/messages?dir=b&limit=5`);
    const [newest] = chunk as { content: { body: string; 'm.mentions': unknown }; sender: string }[];
    expect(newest!.content.body).toMatch(/^Hej <@valfri\d*_[a-z0-9]{26}:valfri\.test>$/);
    expect(JSON.stringify(chunk)).not.toContain(ann.id);
    expect(JSON.stringify(chunk)).not.toContain(eve.id);
    await erika.call('PUT', `${path}/typing/${encodeURIComponent(erika.account)}`, { typing: true, timeout: 9_000 });
    await until('she is seen typing', async () =>
      (await host.announced()).some(
        ({ type, data }) => type === 'typing' && 'on' in data && data.on && data.person !== ann.id,
      ),
    );
  });
});
