import { newId } from '@valfri/sdk';
import { aGroup, type Actor, aMessage, rejection, until, wholeHistory } from '@valfri/sdk/conformance';
import { freePort } from '@valfri/sdk/postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MatrixSlot } from '../../../scripts/peers/matrix-slot.ts';
import { startSynapse } from '../../../scripts/peers/synapse.ts';
import { ForeignClient, letIn, nativeRoom } from './harness/foreign-client.ts';
import { digestsOf, hostOn, sharedSynapse } from './harness/matrix-host.ts';

/** A Synapse of the test's own, to be ended without harm to others, and a provider on it. */
async function ownSynapse() {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-outage-'));
  const inboundUrl = `http://127.0.0.1:${await freePort()}`;
  const synapse = await startSynapse({ inboundUrl, directory });
  const slot = new MatrixSlot(synapse.registration);
  await slot.listen();
  const host = await hostOn(synapse, slot);
  const dispose = async () => {
    slot.inbound = undefined;
    await host[Symbol.asyncDispose]();
    await slot[Symbol.asyncDispose]();
    await synapse.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { synapse, slot, host, [Symbol.asyncDispose]: dispose };
}

describe.skipIf(!sharedSynapse)('a homeserver that goes away', () => {
  test('is said at once, read without, and written to again when it is back', async () => {
    await using own = await ownSynapse();
    const { synapse, host } = own;
    const { room, ann, bo } = await aGroup(host);
    await aMessage(ann, room.id, { text: 'Före' });
    await synapse.kill();
    const began = performance.now();
    const id = newId();
    const input = { id, room: room.id, text: 'Under' };
    expect((await rejection(ann.chat.sendMessage(input))).code).toBe('UNAVAILABLE');
    expect((await rejection(ann.chat.createRoom({ id: newId(), kind: 'group' }))).code).toBe('UNAVAILABLE');
    expect(performance.now() - began).toBeLessThan(1_000);
    expect((await wholeHistory(bo, room.id, 10)).map(({ text }) => text)).toEqual(['Före']);
    expect((await host.provider.health!()).ok).toBe(false);
    await synapse.restart();
    expect((await ann.chat.sendMessage(input)).message).toMatchObject({ id, seq: 2, text: 'Under' });
    await until('it is well again', async () => (await host.provider.health!()).ok);
  });

  test('in the midst of writing: what is sent again is there once, here and there', async () => {
    await using own = await ownSynapse();
    const { synapse, host } = own;
    const { room, ann, bo } = await aGroup(host);
    const ids = Array.from({ length: 30 }, () => newId());
    const attempts = ids.map((id, i) => retried([ann, bo][i % 2]!, { id, room: room.id, text: `Nummer ${i}` }));
    await until('some of it is sent', async () => (await wholeHistory(ann, room.id, 50)).length >= 3);
    await synapse.kill();
    await synapse.restart();
    await Promise.all(attempts);
    const all = await wholeHistory(bo, room.id, 50);
    expect(all.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(all.map(({ seq }) => seq)).toEqual(ids.map((_, i) => i + 1));
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('what it had taken and never handed over comes when it is back, and what answers that', async () => {
    await using own = await ownSynapse();
    const { synapse, host, slot } = own;
    const { room, ann } = await aGroup(host);
    const native = await nativeRoom(host, room.id);
    const erika = await ForeignClient.register(synapse);
    await letIn(host, synapse, { room: native, who: erika });
    await until('she is a member', async () => (await ann.chat.getRoom({ room: room.id })).room.memberCount === 3);
    const { inbound } = slot;
    const heard: string[] = [];
    slot.inbound = async (request) => {
      heard.push(await request.text());
      return Response.json({});
    };
    const event = await erika.say(native, 'Just före');
    await until('the homeserver takes it for handed over', async () =>
      heard.some((text) => text.includes('Just före')),
    );
    await synapse.kill();
    slot.inbound = inbound;
    expect((await rejection(ann.chat.sendMessage({ id: newId(), room: room.id, text: 'Under' }))).code).toBe(
      'UNAVAILABLE',
    );
    await synapse.restart();
    await erika.send(
      native,
      { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key: '👍' } },
      'm.reaction',
    );
    await aMessage(ann, room.id, { text: 'Efter' });
    await until('what was missed is there', async () => (await wholeHistory(ann, room.id, 10)).length === 2);
    const [first] = await wholeHistory(ann, room.id, 10);
    expect(first).toMatchObject({ text: 'Just före', reactions: [{ emoji: '👍' }] });
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });

  test('we go away ourselves: what was sent meanwhile comes when we are back', async () => {
    await using own = await ownSynapse();
    const { host, slot } = own;
    const { room, ann } = await aGroup(host);
    const { inbound } = slot;
    let refused = 0;
    slot.inbound = async () => {
      refused += 1;
      return new Response('away', { status: 503 });
    };
    const sending = aMessage(ann, room.id, { text: 'Till ingen' });
    await until('the homeserver has tried in vain', async () => refused > 0);
    slot.inbound = inbound;
    expect(await sending).toMatchObject({ seq: 1, text: 'Till ingen' });
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });
});

/** Sends as the shell does: again, with the same id, until it is there. */
async function retried(actor: Actor, input: { id: string; room: string; text: string }): Promise<void> {
  for (let error: { code?: string } | undefined; ;) {
    error = await actor.chat.sendMessage(input).then(
      () => undefined,
      (cause: { code?: string }) => cause,
    );
    if (!error) return;
    if (error.code !== 'UNAVAILABLE' && error.code !== 'TIMEOUT') throw error as Error;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
