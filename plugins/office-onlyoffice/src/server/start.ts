import { CapabilityError, type office, type PluginContext, type Provider, type RunningPlugin } from '@valfri/sdk';
import type { CallbackOptions } from './callback.ts';
import { convertFile } from './convert.ts';
import { DocumentServer } from './document-server.ts';
import { editorConfig } from './editor-config.ts';
import { formatOfName, formats } from './formats.ts';
import { createInbound } from './inbound.ts';
import { createConnect } from './page-messages.ts';
import { SaveWaits } from './save-waits.ts';
import { OfficeSessions } from './sessions.ts';
import { publicUrlOf, type Settings, withoutSlash } from './settings.ts';
import type { Tables } from './tables.ts';

const FEATURES = { comment: {}, review: {}, convert: {}, mention: {} };

/** Puts an instance to work. It starts without the document server too, and says so where somebody looks. */
export function start(context: PluginContext<Settings>): RunningPlugin {
  const { database, settings, fetch, log } = context;
  const openFiles = context.openFiles!;
  const sessions = new OfficeSessions(database.kysely<Tables>());
  const server = new DocumentServer(settings, fetch);
  const waits = new SaveWaits();
  const { secret } = settings;
  const taken: CallbackOptions['taken'] = (key, saved) => waits.settle(key, saved);
  const hostUrl = hostUrlOf(context);
  const provider: Provider<typeof office> = {
    features: FEATURES,
    operations: {
      listFormats: async () => ({ formats: [...formats] }),
      openFile: (input) => openFile({ context, sessions, hostUrl }, input),
      closeSession: async ({ session }) => {
        await sessions.close(session);
        return {};
      },
      saveFile: async ({ file }) => {
        const document = await sessions.living(file);
        return {
          saved: document === undefined || (await waits.saved(document.key, () => server.forceSave(document.key))),
        };
      },
      convertFile: (input, call) => convertFile({ openFiles, sessions, server, hostUrl }, input, call.signal),
    },
    health: async () => {
      const message = await server.trouble();
      return message === undefined ? { ok: true } : { ok: false, message };
    },
  };
  return {
    providers: { office: provider },
    inbound: createInbound({ sessions, server, openFiles, secret, log, taken }),
    connect: createConnect({ context, sessions, server, openFiles }),
    stop: async () => waits.end(),
  };
}

/** Where the document server reaches our inbound routes. */
function hostUrlOf({ inboundUrl, settings }: PluginContext<Settings>): string {
  const { hostUrl } = settings;
  return hostUrl === undefined ? inboundUrl : `${withoutSlash(hostUrl)}${new URL(inboundUrl).pathname}`;
}

interface OpenOptions {
  readonly context: PluginContext<Settings>;
  readonly sessions: OfficeSessions;
  readonly hostUrl: string;
}

type OpenFileOperation = Provider<typeof office>['operations']['openFile'];

async function openFile(
  { context, sessions, hostUrl }: OpenOptions,
  { session, file, action, language, theme }: Parameters<OpenFileOperation>[0],
): ReturnType<OpenFileOperation> {
  const { openFiles, people, settings } = context;
  if (!formatOfName(file.name)?.actions.includes(action))
    throw new CapabilityError('INVALID', `file: the document server cannot ${action} files such as ${file.name}.`, {
      field: 'file',
      reason: 'FORMAT',
    });
  const { person } = await openFiles!.bySession(session);
  const pseudonym = await people.pseudonym(person);
  const writes = action !== 'view';
  const opened = await sessions.open({ session, file: file.id, version: file.version, person, pseudonym, writes });
  const config = editorConfig({
    ...{ key: opened.key, name: file.name, action, language, theme, secret: settings.secret },
    person: { id: pseudonym, name: (await people.displayName(person)) ?? pseudonym },
    downloadUrl: `${hostUrl}/download/${opened.token}`,
    callbackUrl: `${hostUrl}/callback/${opened.token}`,
  });
  const script = `${publicUrlOf(settings)}/web-apps/apps/api/documents/api.js?shardkey=${opened.key}`;
  return { page: 'editor', data: { script, config } as never };
}
