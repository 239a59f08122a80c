import { type AnyProvider, defineCapability } from '@valfri/core';
import { definePlugin, type Plugin, type PluginContext } from '@valfri/sdk';
import { MemoryChat } from '@valfri/sdk/server';
import { z } from 'zod';

/** A second function, so that a test sees that it works on whatever becomes of the first. */
export const notes = defineCapability({
  id: 'notes',
  major: 0,
  minor: 1,
  swap: 'stateless',
  summary: 'One note for everybody.',
  features: {},
  operations: {
    read: { summary: 'The note.', effect: 'read', input: z.object({}), output: z.object({ text: z.string() }) },
  },
  events: {},
  records: {},
});

const about = { version: '0.1.0', description: { en: 'For tests', sv: 'För prov' }, license: 'Apache-2.0' } as const;

/** A well-behaved provider of {@link notes}. */
export const notesPlugin: Plugin = definePlugin({
  manifest: {
    ...about,
    id: 'notes',
    title: { en: 'Notes', sv: 'Anteckningar' },
    provides: [{ capability: 'notes', major: 0 }],
  },
  server: {
    start: () => ({
      providers: { notes: { features: {}, operations: { read: async () => ({ text: 'still here' }) } } },
    }),
  },
});

/** What a {@link Troublemaker} does instead of what it should. */
export interface Mischief {
  /** In place of one operation; called with what the operation is called with. */
  readonly instead?: Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;
  /** What start() does at the end, with the provider that it would give. */
  readonly start?: (provider: AnyProvider) => unknown;
  readonly health?: () => Promise<{ ok: boolean }>;
  readonly stop?: () => Promise<void>;
}

/** A provider of chat that can be told to misbehave while it runs. */
export class Troublemaker {
  mischief: Mischief = {};
  context: PluginContext | undefined;
  readonly plugin: Plugin = definePlugin({
    manifest: {
      ...about,
      id: 'troublemaker',
      title: { en: 'Trouble', sv: 'Bråk' },
      provides: [{ capability: 'chat', major: 0 }],
    },
    server: { start: (context) => this.#start(context) as never },
  });

  #start(context: PluginContext): unknown {
    this.context = context;
    const announce = async (all: readonly { type: string }[]) => {
      const kept = all.filter(({ type }) => type !== 'typing');
      if (kept.length > 0) await context.events.announce(kept as never);
    };
    const { provider } = new MemoryChat({ announce });
    const operations = Object.fromEntries(
      Object.entries(provider.operations).map(([name, good]) => [
        name,
        (...given: readonly unknown[]) => (this.mischief.instead?.[name] ?? (good as never))(...(given as [])),
      ]),
    );
    const mine = { ...provider, operations, health: async () => this.mischief.health?.() ?? { ok: true } };
    if (this.mischief.start) return this.mischief.start(mine);
    return { providers: { chat: mine }, stop: async () => this.mischief.stop?.() };
  }
}
