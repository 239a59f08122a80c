import { type Call, CapabilityError, type chat, type InputOf, type ProviderOperations } from '@valfri/sdk';
import { type ChatStore, KeyedLock, type RuledOperation } from '@valfri/sdk/server';
import type { Delivery } from './carry/delivery.ts';

type Chat = typeof chat;
type Writes = Required<Pick<ProviderOperations<Chat>, RuledOperation>>;
type Input<K extends RuledOperation> = InputOf<Chat['operations'][K]>;

const PATIENCE = 9_000;

/**
 * The writes: each is weighed against the mirror, brought to the homeserver, and answered from the mirror once the
 * homeserver has handed it back.
 */
export function createWrites(store: ChatStore, delivery: Delivery): Writes {
  const rooms = new KeyedLock();
  const write = async <K extends RuledOperation>(operation: K, input: Input<K>, call: Call) => {
    const changes = await store.propose(operation, input, call);
    await delivery.deliver(changes, { actor: call.person, quiet: false, signal: call.signal }, PATIENCE);
  };
  // Who is in a room, and who may do what, is one document at the homeserver: one change of it at a time.
  const settle = <K extends RuledOperation>(operation: K, room: string, input: Input<K>, call: Call) =>
    rooms.run(room, () => write(operation, input, call));
  const { getRoom } = store.reads;
  const message = (room: string, id: string, call: Call) => readMessage(store, { room, id }, call);
  return {
    createRoom: async (input, call) => (
      await settle('createRoom', input.id, input, call),
      getRoom({ room: input.id }, call)
    ),
    updateRoom: async (input, call) => (await settle('updateRoom', input.room, input, call), getRoom(input, call)),
    joinRoom: async (input, call) => (await settle('joinRoom', input.room, input, call), getRoom(input, call)),
    addMembers: async (input, call) => (await settle('addMembers', input.room, input, call), {}),
    removeMember: async (input, call) => (await settle('removeMember', input.room, input, call), {}),
    setRole: async (input, call) => (await settle('setRole', input.room, input, call), {}),
    sendMessage: async (input, call) => (await write('sendMessage', input, call), message(input.room, input.id, call)),
    editMessage: async (input, call) => (
      await write('editMessage', input, call),
      message(input.room, input.message, call)
    ),
    deleteMessage: async (input, call) => (
      await write('deleteMessage', input, call),
      message(input.room, input.message, call)
    ),
    react: async (input, call) => (await write('react', input, call), {}),
  };
}

async function readMessage(store: ChatStore, { room, id }: { room: string; id: string }, call: Call) {
  const { messages } = await store.reads.getMessages({ room, ids: [id] }, call);
  const [message] = messages;
  if (message) return { message };
  throw new CapabilityError('CONFLICT', 'Another message has this id.', { field: 'id' });
}
