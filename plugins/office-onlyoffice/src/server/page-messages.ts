import { CapabilityError, isCapabilityError, newId, type PageChannel, type PluginContext } from '@valfri/sdk';
import { z } from 'zod';
import type { DocumentServer } from './document-server.ts';
import { extensionOf } from './formats.ts';
import type { OfficeSessions } from './sessions.ts';
import type { Settings } from './settings.ts';

/** What the messages of a page are answered with. */
export interface ConnectOptions {
  readonly context: PluginContext<Settings>;
  readonly sessions: OfficeSessions;
  readonly server: DocumentServer;
  readonly openFiles: NonNullable<PluginContext['openFiles']>;
}

const id = z.int().min(0);
const question = z.discriminatedUnion('ask', [
  z.object({ id, ask: z.literal('users') }),
  z.object({ id, ask: z.literal('mention'), users: z.array(z.string().max(64)).max(50), text: z.string().max(1_000) }),
  z.object({ id, ask: z.literal('saveAs'), url: z.string().max(8_192), name: z.string().min(1).max(255) }),
  z.object({ id, ask: z.literal('rename'), name: z.string().min(1).max(255) }),
]);
type Question = z.output<typeof question>;

/** Answers an editor's page: whom one may mention, what is to be saved under another name, a new name. */
export function createConnect(options: ConnectOptions): (channel: PageChannel) => void {
  return (channel) => {
    channel.onMessage((message) => {
      const asked = question.safeParse(jsonIn(message));
      if (!asked.success) return channel.close({ again: false });
      void answerTo(options, channel, asked.data).then((answer) =>
        channel.send(Buffer.from(JSON.stringify({ id: asked.data.id, ...answer }))),
      );
    });
  };
}

function jsonIn(message: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(message).toString());
  } catch {
    return undefined;
  }
}

async function answerTo(options: ConnectOptions, channel: PageChannel, asked: Question): Promise<object> {
  try {
    return { data: await answered(options, channel, asked) };
  } catch (error) {
    if (isCapabilityError(error)) return { code: error.code, message: error.message };
    options.context.log.error('A page could not be answered.', { ask: asked.ask, message: (error as Error).message });
    return { code: 'INTERNAL', message: 'The provider failed.' };
  }
}

async function answered(options: ConnectOptions, { session }: PageChannel, asked: Question): Promise<unknown> {
  switch (asked.ask) {
    case 'users':
      return users(options, session);
    case 'mention':
      return mention(options, session, asked);
    case 'saveAs':
      return saveAs(options, session, asked);
    case 'rename':
      return (await (await options.openFiles.bySession(session)).rename(asked.name)).name;
  }
}

/** Those who have had the file open: of others this instance knows nothing. */
async function users({ sessions, openFiles, context }: ConnectOptions, id: string): Promise<unknown> {
  const { document } = await sessions.byId(id);
  await openFiles.bySession(id);
  const known = await sessions.people(document.key);
  return Promise.all(
    known.map(async ({ person, pseudonym }) => ({
      id: pseudonym,
      name: (await context.people.displayName(person)) ?? pseudonym,
      // The editor tells people apart by address: this one is nobody's (RFC 2606).
      email: `${pseudonym}@valfri.invalid`,
    })),
  );
}

async function mention(
  { sessions, openFiles, context }: ConnectOptions,
  id: string,
  { users: named, text }: Extract<Question, { ask: 'mention' }>,
): Promise<unknown> {
  const { document } = await sessions.byId(id);
  const { person: by, action } = await openFiles.bySession(id);
  if (action === 'view') throw new CapabilityError('DENIED', 'Who may only view mentions nobody.');
  const known = await sessions.people(document.key);
  const people = known.filter(({ pseudonym }) => named.includes(pseudonym)).map(({ person }) => person);
  await context.events.announce(
    people.map((person) => ({ type: 'person.mentioned', data: { person, by, file: document.file, text } })) as never,
  );
  return people.length;
}

async function saveAs(
  { server, openFiles }: ConnectOptions,
  session: string,
  { url, name }: Extract<Question, { ask: 'saveAs' }>,
): Promise<unknown> {
  const file = await openFiles.bySession(session);
  if (extensionOf(name) === '') throw new CapabilityError('INVALID', 'name: has no ending.', { field: 'name' });
  const saved = await file.saveBeside(await server.download(url), { id: newId(), version: newId(), name });
  return { id: saved.id, name: saved.name };
}
