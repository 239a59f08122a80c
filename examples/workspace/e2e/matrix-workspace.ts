import { newId } from '@valfri/sdk';
import { createTestWorkspace, type TestPerson, type TestWorkspace } from '@valfri/server/testing';
import { giveBack, type MatrixSlot, sharedSynapse, takeSlot } from '../../../scripts/peers/matrix-slot.ts';
import { workspace } from '../src/workspace.ts';

/** The workspace as `npm start` runs it, with a Matrix homeserver at hand. */
export interface MatrixWorkspace extends AsyncDisposable {
  readonly host: TestWorkspace;
  /** Id of an instance of chat-matrix that serves nobody yet. */
  readonly matrix: string;
  readonly slot: MatrixSlot;
}

/** A machine that is busy with other things too may take seconds for what a server takes in a tenth of one. */
const PATIENT = { longestRound: 6_000, fenceTimeout: 16_000 };

let made = 0;

/** Starts it; the homeserver hands over to the instance by the host's own inbound route. */
export async function matrixWorkspace(): Promise<MatrixWorkspace> {
  const slot = await takeSlot();
  const { shell: _, ...withoutShell } = workspace;
  const host = await createTestWorkspace({ workspace: withoutShell, swaps: { timing: PATIENT } });
  const matrix = `matrix-p${process.pid}-n${++made}`;
  slot.inbound = async (request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    return fetch(`${host.url}/plugins/${matrix}${pathname}${search}`, { method, headers, body: await request.text() });
  };
  const { id: registration, prefix, asToken, hsToken } = slot.registration;
  const { url: homeserverUrl, serverName } = sharedSynapse!;
  const settings = { homeserverUrl, serverName, registration, prefix, asToken, hsToken };
  await host.operator.api.functions.addInstance.mutate({
    id: matrix,
    plugin: 'chat-matrix',
    title: 'Matrix',
    settings,
  });
  const dispose = async () => {
    slot.inbound = undefined;
    await host[Symbol.asyncDispose]();
    giveBack(slot);
  };
  return { host, matrix, slot, [Symbol.asyncDispose]: dispose };
}

/** A room in which everything has happened that can; returns its id. */
export async function aStory(people: readonly [TestPerson, TestPerson, TestPerson]): Promise<string> {
  const [anna, bo, cai] = people;
  const room = newId();
  const name = `Samråd ${room.slice(-4)}`;
  await anna.api.chat.createRoom.mutate({ id: room, kind: 'group', name, people: [bo.id, cai.id] });
  const say = async (who: TestPerson, text: string, more: object = {}) => {
    const { message } = await who.api.chat.sendMessage.mutate({ id: newId(), room, text, ...more });
    return message.id;
  };
  const first = await say(anna, `Hej <@${bo.id}>`, { mentions: [bo.id] });
  const second = await say(cai, 'Detta ändras');
  const third = await say(bo, 'Detta tas bort');
  await say(bo, 'Ett svar', { replyTo: first });
  for (const text of ['i tråden', 'också']) await say(cai, text, { thread: first });
  await cai.api.chat.editMessage.mutate({ room, message: second, text: 'Ändrat 👩🏽‍💻 <b>&' });
  await anna.api.chat.deleteMessage.mutate({ room, message: third });
  for (const who of people) await who.api.chat.react.mutate({ room, message: first, emoji: '👍', on: true });
  await bo.api.chat.react.mutate({ room, message: first, emoji: '👍', on: false });
  await anna.api.chat.setRole.mutate({ room, person: bo.id, role: 'owner' });
  await anna.api.chat.removeMember.mutate({ room, person: cai.id });
  await bo.api.chat.updateRoom.mutate({ room, topic: 'Om remissen' });
  for (const [i, who] of [anna, bo].entries())
    await who.api.read.mark.mutate({ capability: 'chat', resource: room, seq: 2 + i });
  return room;
}

/** Milliseconds between two messages of one person: a homeserver on two busy cores must be able to follow. */
const PACE = 700;

/** Writes all that can be written, again and again, until it is told to end; says what it wrote. */
export function keepWriting(room: string, people: readonly TestPerson[]): { stop(): Promise<readonly string[]> } {
  let going = true;
  const write = async (who: TestPerson, index: number) => {
    const ids: string[] = [];
    for (let i = 0; going; i++) {
      const id = newId();
      await who.api.chat.sendMessage.mutate({ id, room, text: `${who.name} ${i}` });
      ids.push(id);
      if (i % 3 === 0) await who.api.chat.editMessage.mutate({ room, message: id, text: `${who.name} ${i}, ändrat` });
      if (i % 3 === 1) await who.api.chat.react.mutate({ room, message: id, emoji: '🎉', on: true });
      if (i % 7 === 6) await who.api.chat.deleteMessage.mutate({ room, message: id });
      await new Promise((resolve) => setTimeout(resolve, PACE));
      if (index === 0 && i % 5 === 4) await who.api.chat.updateRoom.mutate({ room, topic: `Ämne ${i}` });
    }
    return ids;
  };
  const done = Promise.all(people.map(write));
  // What failed is thrown by stop(); a test that ends before has a reason of its own.
  done.catch(() => undefined);
  return {
    async stop() {
      going = false;
      return (await done).flat();
    },
  };
}
