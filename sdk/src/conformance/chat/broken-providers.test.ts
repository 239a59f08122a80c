import { CapabilityError, RunningDigest } from '@valfri/core';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { chat } from '../../capabilities/chat.ts';
import { definePlugin, type Plugin } from '../../plugin/plugin.ts';
import { MemoryChat } from '../../server/memory-chat.ts';
import { memoryChatPlugin } from '../../testing/memory-chat-plugin.ts';
import { createTestHost } from '../../testing/test-host.ts';
import { chatSuite } from '../index.ts';
import { everything } from '../portable.ts';

type AnyOperation = (input: Record<string, unknown>, call: never) => Promise<Record<string, unknown>>;

/** A provider, as loosely as somebody breaks it. */
interface Breakable {
  features: Record<string, object>;
  operations: Record<string, AnyOperation>;
  portability: NonNullable<Awaited<ReturnType<typeof createTestHost>>['provider']['portability']>;
}

/** What is broken, the case of the suite that finds it, and how it is broken. */
const broken: readonly (readonly [string, string, (provider: Breakable) => Partial<Breakable>])[] = [
  [
    'a digest over another text than the canonical one',
    'a digest is that of the records in their canonical text',
    ({ portability }) => {
      const hash = (record: object) => createHash('sha256').update(JSON.stringify(record)).digest().readBigUInt64BE();
      const digest = async (type: string) => {
        const sum = new RunningDigest();
        for (const record of await everything(portability, 1_000))
          if (record.type === type && record.value !== null) sum.add(hash(record));
        return sum.value;
      };
      return { portability: { ...portability, digest } };
    },
  ],
  [
    'a direct room under any id',
    'a direct room under another id than the one that follows from the two is refused',
    ({ operations }) =>
      instead(operations, 'createRoom', ({ kind, ...room }, call) =>
        operations['createRoom']!({ ...room, kind: kind === 'direct' ? 'group' : kind }, call),
      ),
  ],
  [
    'editing in an archived room',
    'in an archived room nobody edits',
    ({ operations }) => instead(operations, 'editMessage', nothingDone),
  ],
  [
    'reacting in an archived room',
    'in an archived room nobody reacts',
    ({ operations }) => instead(operations, 'react', nothingDone),
  ],
  [
    'no deleting in an archived room',
    'in an archived room an author can still delete what they wrote',
    ({ operations }) =>
      instead(operations, 'deleteMessage', async (input, call) => {
        const { room } = await operations['getRoom']!({ room: input['room'] }, call);
        if ('archivedAt' in (room as object))
          throw new CapabilityError('CONFLICT', 'It is archived.', { reason: 'ARCHIVED' });
        return operations['deleteMessage']!(input, call);
      }),
  ],
  [
    'records taken in whatever they say',
    'a record under a key that is not that of its value, or whose ids are none, is refused for good',
    ({ portability }) => ({
      portability: {
        ...portability,
        ingest: async (records, options) => {
          const report = await portability.ingest(records, options);
          return { ...report, accepted: records.length, rejected: [] };
        },
      },
    }),
  ],
  [
    'reactions shown on what was deleted',
    'a deleted message shows no reactions, and takes none',
    ({ operations }) =>
      instead(operations, 'history', async (input, call) => {
        const page = (await operations['history']!(input, call)) as { messages: object[] };
        return {
          ...page,
          messages: page.messages.map((each) => ({ ...each, reactions: [{ emoji: '👍', people: [] }] })),
        };
      }),
  ],
  [
    'reacting to what was deleted',
    'a deleted message shows no reactions, and takes none',
    ({ operations }) =>
      instead(operations, 'react', (input, call) => operations['react']!(input, call).catch(() => ({}))),
  ],
  [
    'joining an archived channel',
    'nobody joins an archived channel',
    ({ operations }) =>
      instead(operations, 'joinRoom', (input, call) =>
        operations['joinRoom']!(input, call).catch(() => operations['getRoom']!(input, call)),
      ),
  ],
  [
    'rooms that forget when something was last written',
    'when a room was last written in comes with its messages',
    ({ operations }) =>
      instead(operations, 'listRooms', async (input, call) => {
        const { rooms } = (await operations['listRooms']!(input, call)) as { rooms: { createdAt: number }[] };
        return { rooms: rooms.map((room) => ({ ...room, lastAt: room.createdAt })) };
      }),
  ],
  [
    'taking in without announcing, though asked to',
    'what is taken in is announced where that is asked for, once',
    ({ portability }) => ({
      portability: {
        ...portability,
        ingest: (records, { dryRun = false } = {}) => portability.ingest(records, { dryRun }),
      },
    }),
  ],
  [
    'a read marker that fails',
    'how far somebody has read is heard from members, and from the host',
    (provider) =>
      instead(provider.operations, 'setReadMarker', async () => {
        throw new Error('not yet');
      }),
  ],
  [
    'a read marker from anybody',
    'how far somebody has read is heard from members, and from the host',
    (provider) => instead(provider.operations, 'setReadMarker', nothingDone),
  ],
  [
    'read markers of the host’s that are refused',
    'how far somebody has read is heard from members, and from the host',
    ({ portability }) => ({
      portability: {
        ...portability,
        ingest: (records, options) => new MemoryChat().provider.portability!.ingest(records, options),
      },
    }),
  ],
];

function instead(operations: Breakable['operations'], name: string, operation: AnyOperation): Partial<Breakable> {
  return { operations: { ...operations, [name]: operation } };
}

/** Answers as if all was well. */
const nothingDone: AnyOperation = async () => ({});

test.each(broken)('%s is found by the suite: %s', async (_, name, change) => {
  await expect(caseOf(name, sound())).resolves.toBeUndefined();
  await expect(caseOf(name, withChanges(sound(), change))).rejects.toThrow();
});

/** The reference provider, as one that hears of read markers and passes them on to nobody. */
function sound(): Plugin {
  return withChanges(memoryChatPlugin(), ({ features, operations, portability }) => ({
    features: { ...features, readMarkers: {} },
    operations: {
      ...operations,
      setReadMarker: async ({ room }, call) => (await operations['listMembers']!({ room, limit: 1 }, call), {}),
    },
    portability: {
      ...portability,
      ingest: async (records, options) => {
        const others = records.filter(({ type }) => type !== 'marker');
        const report = await portability.ingest(others, options);
        return { ...report, accepted: report.accepted + records.length - others.length };
      },
    },
  }));
}

function withChanges({ manifest, server }: Plugin, change: (provider: Breakable) => Partial<Breakable>): Plugin {
  return definePlugin({
    manifest,
    server: {
      async start(context) {
        const { chat: provider } = (await server.start(context as never)).providers;
        return { providers: { chat: { ...provider, ...change(provider as never) } as never } };
      },
    },
  });
}

/** Runs one case of the suite. */
async function caseOf(name: string, plugin: Plugin): Promise<void> {
  const found: (() => Promise<void>)[] = [];
  const features = ['edit', 'delete', 'replies', 'threads', 'reactions', 'typing', 'search', 'readMarkers'];
  chatSuite(
    { name: 'a broken provider', features, create: () => createTestHost({ capability: chat, plugin }) },
    {
      describe: (_, body) => body(),
      test: (title, body) => void (title.endsWith(name) && found.push(body)),
    },
  );
  expect(found, `no case is called "${name}"`).toHaveLength(1);
  await found[0]!();
}
