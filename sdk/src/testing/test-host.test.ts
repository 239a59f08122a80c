import { newId } from '@valfri/core';
import { expect, test } from 'vitest';
import { chat } from '../capabilities/chat.ts';
import { documents } from '../capabilities/documents.ts';
import type { PluginContext } from '../plugin/context.ts';
import { definePlugin, type Plugin } from '../plugin/plugin.ts';
import { MemoryChat } from '../server/memory-chat.ts';
import { memoryChatPlugin } from './memory-chat-plugin.ts';
import { createTestHost } from './test-host.ts';

const settings = {
  type: 'object',
  additionalProperties: false,
  properties: { file: { type: 'string', default: 'chat.db' } },
};
const pluginWith = (changes: object, start: (context: PluginContext<never>) => unknown = sound): Plugin =>
  definePlugin({
    manifest: { ...memoryChatPlugin().manifest, settings, ...changes } as never,
    server: { start: start as never },
  });
const sound = () => ({ providers: { chat: new MemoryChat().provider } });
const providing = (changes: object) => () => ({ providers: { chat: { ...new MemoryChat().provider, ...changes } } });
const { portability } = new MemoryChat().provider;

const refused: readonly (readonly [string, Plugin, RegExp, object?])[] = [
  ['a manifest without a licence', pluginWith({ license: undefined }), /^VF_ERR_MANIFEST: .*license/],
  ['a title in one language', pluginWith({ title: { en: 'x' } }), /^VF_ERR_MANIFEST: .*title\.sv/],
  ['an unknown field', pluginWith({ colour: 'red' }), /^VF_ERR_MANIFEST: .*colour/],
  ['another major', pluginWith({ provides: [{ capability: 'chat', major: 1 }] }), /^VF_ERR_CAPABILITY_VERSION/],
  ['another capability', pluginWith({ provides: [{ capability: 'chatt', major: 0 }] }), /^VF_ERR_CAPABILITY_UNKNOWN/],
  ['a setting that there is not', pluginWith({}), /^VF_ERR_INSTANCE_CONFIG: .*fil/, { fil: 'x' }],
  ['no provider', pluginWith({}, () => ({ providers: {} })), /^VF_ERR_START: .*provider of chat/],
  ['nothing', pluginWith({}, () => undefined), /^VF_ERR_START/],
  [
    'portability without reading',
    pluginWith({}, providing({ portability: { ...portability, read: undefined } })),
    /^VF_ERR_PORTABILITY_MISSING: .*without read/,
  ],
];

test('a host refuses a provider that cannot hand on the content of its records', async () => {
  const { content: _, ...rest } = { ...portability, content: undefined };
  const provider = { features: {}, operations: new Proxy({}, { get: () => async () => ({}) }), portability: rest };
  const plugin = pluginWith({ provides: [{ capability: 'documents', major: 0 }] }, () => ({
    providers: { documents: provider },
  }));
  await expect(createTestHost({ capability: documents, plugin })).rejects.toThrow(
    /^VF_ERR_PORTABILITY_MISSING: .*without content/,
  );
});

const cases = refused.map(([name, plugin, reason, given = {}]) => ({ name, plugin, reason, given }));

test.each(cases)('a host for tests refuses what a host refuses: $name', async ({ plugin, reason, given }) => {
  const starting = createTestHost({ capability: chat, plugin, settings: given as Record<string, unknown> });
  await expect(starting).rejects.toThrow(reason);
});

test('settings come with their defaults, as from a host', async () => {
  let seen: unknown;
  const plugin = pluginWith({}, (context) => ((seen = context.settings), sound()));
  await using _ = await createTestHost({ capability: chat, plugin });
  expect(seen).toEqual({ file: 'chat.db' });
});

test('an answer that is not after the contract is the provider’s fault, and its field is named', async () => {
  const { operations } = new MemoryChat().provider;
  const listTopics = async () => ({ topics: ['x'] });
  const plugin = pluginWith({}, providing({ operations: { ...operations, listTopics } }));
  await using host = await createTestHost({ capability: chat, plugin });
  await expect(host.as(newId()).listTopics({})).rejects.toMatchObject({
    code: 'INTERNAL',
    reason: 'PROVIDER_FAULT',
    message: expect.stringMatching(/answered listTopics with something else .*topics\.0/),
  });
});

test('an event that is not after the contract is refused where it is announced', async () => {
  let events: PluginContext['events'] | undefined;
  const plugin = pluginWith({}, (context) => ((events = context.events), sound()));
  await using _ = await createTestHost({ capability: chat, plugin });
  const announce = (type: string, data: object) => events!.announce([{ type, data } as never]);
  await expect(announce('message.posted', { room: newId() })).rejects.toThrow(/^VF_ERR_EVENT: .*message/);
  await expect(announce('typing', { room: newId(), person: newId(), on: true })).rejects.toThrow(/signal\(\)/);
  expect(() => events!.signal({ type: 'room.updated', data: {} } as never)).toThrow(/^VF_ERR_EVENT/);
});
