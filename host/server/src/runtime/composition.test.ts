import type { PluginErrorCode } from '@valfri/core';
import { definePlugin, type Plugin } from '@valfri/sdk';
import { memoryChatPlugin } from '@valfri/sdk/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkWorkspace } from '../cli/check.ts';
import { readConfig } from '../config/config.ts';
import { startHost } from '../host.ts';
import { createLog } from '../log.ts';
import { createTestWorkspace, memoryWorkspace } from '../testing/index.ts';
import type { Workspace } from '../workspace.ts';

const pluginWith = (changes: object): Plugin => {
  const { manifest, server } = memoryChatPlugin();
  return definePlugin({ manifest: { ...manifest, ...changes } as never, server });
};
const provides = (capability: string, major = 0) => pluginWith({ provides: [{ capability, major }] });
const bindings = [...memoryWorkspace.bindings, { capability: 'chat', instance: 'other' }];
const twoInstances = [...memoryWorkspace.instances, { id: 'other', plugin: 'chat-memory' }];

/** What is wrong, the code, and words that the message must have: what was given, what was due, and the remedy. */
const faulty: readonly (readonly [string, Partial<Workspace>, PluginErrorCode, readonly string[]])[] = [
  [
    'an unknown capability in a manifest',
    { plugins: [provides('chatt')] },
    'VF_ERR_CAPABILITY_UNKNOWN',
    ['chat-memory names "chatt"', 'Due: one of chat', 'Correct the name'],
  ],
  [
    'another major version of a contract',
    { plugins: [provides('chat', 7)] },
    'VF_ERR_CAPABILITY_VERSION',
    ['chat 7', 'Due: chat 0', 'Install the version'],
  ],
  [
    'two providers for one binding',
    { instances: twoInstances, bindings },
    'VF_ERR_BINDING_DUPLICATE',
    ['"memory" and "other" for chat', 'one provider for each', 'Remove one of the two'],
  ],
  [
    'a binding of an unknown capability',
    { bindings: [{ capability: 'video', instance: 'memory' }] },
    'VF_ERR_CAPABILITY_UNKNOWN',
    ['a binding names "video"', 'one of chat'],
  ],
  [
    'a binding to an unknown instance',
    { bindings: [{ capability: 'chat', instance: 'matrix' }] },
    'VF_ERR_INSTANCE_UNKNOWN',
    ['chat is bound to "matrix"', 'one of memory', 'Declare the instance'],
  ],
  [
    'two instances with one id',
    { instances: [...memoryWorkspace.instances, ...memoryWorkspace.instances] },
    'VF_ERR_INSTANCE_DUPLICATE',
    ['"memory" twice', 'Rename'],
  ],
  [
    'an unknown plugin',
    { instances: [{ id: 'memory', plugin: 'chat-memorie' }] },
    'VF_ERR_PLUGIN_UNKNOWN',
    ['instance "memory" names "chat-memorie"', 'one of chat-memory', 'Add the plugin'],
  ],
  [
    'two plugins with one id',
    { plugins: [memoryChatPlugin(), memoryChatPlugin()] },
    'VF_ERR_PLUGIN_DUPLICATE',
    ['"chat-memory" twice', 'Remove one'],
  ],
  [
    'a manifest with an unknown field',
    { plugins: [pluginWith({ provide: [] })] },
    'VF_ERR_MANIFEST',
    ['chat-memory', '"provide"', 'Due: an object with id, version', 'docs/build/manifest.md'],
  ],
  [
    'a manifest without a licence',
    { plugins: [pluginWith({ license: undefined })] },
    'VF_ERR_MANIFEST',
    ['chat-memory: license', 'Due: SPDX identifier', 'Correct "license"'],
  ],
  [
    'a plugin that provides nothing',
    { plugins: [pluginWith({ provides: [] })] },
    'VF_ERR_MANIFEST',
    ['chat-memory: provides names no capability', 'Correct "provides"'],
  ],
  [
    'a setting of a type that there is not',
    { plugins: [pluginWith({ settings: { type: 'object', properties: { file: { type: 'strin' } } } })] },
    'VF_ERR_MANIFEST',
    ['chat-memory: settings.properties.file', 'strin', 'Correct "settings.properties.file"'],
  ],
  [
    'an instance whose id is none',
    { instances: [{ id: 'Chat SQLite', plugin: 'chat-memory' }], bindings: [] },
    'VF_ERR_INSTANCE_CONFIG',
    ['an instance with the id "Chat SQLite"', 'lower-case words', 'Rename it'],
  ],
  [
    'a manifest with an outbound wildcard',
    { plugins: [pluginWith({ network: { outbound: ['https://*.example.org'] } })] },
    'VF_ERR_MANIFEST',
    ['network.outbound.0', 'docs/build/manifest.md'],
  ],
];

describe.each(faulty)('%s', (_, changes, code, words) => {
  const workspace = { ...memoryWorkspace, ...changes };

  test('is found by a check, with the code, what was given and due, and the remedy', () => {
    const { faults } = checkWorkspace(workspace);
    const fault = faults.find((text) => text.startsWith(code)) ?? faults.join();
    for (const word of [code, 'Given: ', 'Due: ', ...words]) expect(fault).toContain(word);
  });

  test('keeps the host from starting, before it has touched the database', async () => {
    const data = mkdtempSync(join(tmpdir(), 'valfri-faulty-'));
    const config = readConfig({ data, port: 0, databaseUrl: 'postgres://nobody@127.0.0.1:9/none', log: 'stdout' }, {});
    try {
      const starting = startHost({ workspace, config, log: createLog(() => undefined) });
      await expect(starting).rejects.toMatchObject({ code, message: expect.stringContaining(words[0]!) });
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});

test('settings that do not follow the schema keep one instance from starting, and nothing else', async () => {
  const settings = { type: 'object', properties: { url: { type: 'string', format: 'uri' } }, required: ['url'] };
  const workspace: Workspace = {
    ...memoryWorkspace,
    plugins: [memoryChatPlugin(), pluginWith({ id: 'needy', settings })],
    instances: [...memoryWorkspace.instances, { id: 'needy', plugin: 'needy', settings: { url: 5 } }],
  };
  expect(checkWorkspace(workspace).faults).toEqual([expect.stringMatching(/^VF_ERR_INSTANCE_CONFIG.*url/)]);
  await using host = await createTestWorkspace({ workspace });
  const [list] = await host.operator.api.functions.list.query();
  const health = Object.fromEntries(list!.instances.map((each) => [each.id, each.health]));
  expect(health).toMatchObject({ memory: { ok: true }, needy: { ok: false } });
  expect(health['needy']!.message).toMatch(/VF_ERR_INSTANCE_CONFIG.*Correct "url"/);
  const again = { id: 'needy-two', plugin: 'needy', title: 'x', settings: { url: 5 } };
  await expect(host.operator.api.functions.addInstance.mutate(again)).rejects.toThrow(/VF_ERR_INSTANCE_CONFIG.*url/);
  const second = { capability: 'chat', scope: { kind: 'default' as const }, instance: 'needy' };
  await expect(host.operator.api.functions.bind.mutate(second)).rejects.toThrow(/VF_ERR_BINDING_DUPLICATE/);
});

test('everything that is wrong is told at once', () => {
  const workspace = { ...memoryWorkspace, plugins: [provides('chatt')], bindings };
  const codes = checkWorkspace(workspace).faults.map((fault) => fault.split(':')[0]);
  expect(codes).toEqual(['VF_ERR_CAPABILITY_UNKNOWN', 'VF_ERR_BINDING_DUPLICATE', 'VF_ERR_INSTANCE_UNKNOWN']);
});

test('a setting that there is not is named, beside one that is missing', () => {
  const settings = {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: { file: { type: 'string' } },
  };
  const plugins = [pluginWith({ settings })];
  const instances = [{ id: 'memory', plugin: 'chat-memory', settings: { fil: 'x' } }];
  expect(checkWorkspace({ ...memoryWorkspace, plugins, instances }).faults).toEqual([
    expect.stringMatching(/"memory": file: .*; fil: there is no such setting; there is file\./),
  ]);
});
