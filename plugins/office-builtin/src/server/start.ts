import {
  CapabilityError,
  type office,
  type OpenFiles,
  type PluginContext,
  type Provider,
  type RunningPlugin,
} from '@valfri/sdk';
import { Desks } from './desks.ts';
import { Formats } from './formats.ts';
import { Member } from './member.ts';
import { SAVE_TIMES } from './save-timer.ts';
import { StoredFiles } from './stored-files.ts';
import type { OfficeTables } from './tables.ts';

const A_DAY = 86_400_000;

/** Puts an instance to work. */
export async function start({ database, openFiles, log, people }: PluginContext): Promise<RunningPlugin> {
  const stored = new StoredFiles(database.kysely<OfficeTables>());
  const formats = new Formats();
  const bySession: OpenFiles['bySession'] = (session) => openFiles!.bySession(session);
  const desks = new Desks({ stored, log, times: SAVE_TIMES, bySession }, people, (name) => formats.of(name)?.kind);
  await stored.forgetOld();
  const daily = setInterval(() => void stored.forgetOld().catch(() => undefined), A_DAY).unref();
  void desks.saveLeftovers().catch(() => undefined);
  return {
    providers: { office: provider({ stored, desks, formats, bySession }) },
    connect: (channel) => void desks.seat(new Member(channel)),
    async stop() {
      clearInterval(daily);
      await desks.stop();
      await formats.stop();
    },
  };
}

interface Parts {
  readonly stored: StoredFiles;
  readonly desks: Desks;
  readonly formats: Formats;
  readonly bySession: OpenFiles['bySession'];
}

function provider({ stored, desks, formats, bySession }: Parts): Provider<typeof office> {
  return {
    features: {},
    operations: {
      listFormats: async () => ({ formats: formats.list }),
      async openFile({ session, file, action }) {
        const known = formats.of(file.name);
        if (!known?.format.actions.includes(action)) {
          const fault = { reason: 'FORMAT', field: 'file' };
          throw new CapabilityError('INVALID', 'There is nothing that does this with files of this kind.', fault);
        }
        await bySession(session);
        await stored.noteSession(session, file.id, action);
        return { page: known.kind.page };
      },
      async closeSession({ session }) {
        const file = await stored.sessionFile(session);
        if (file !== undefined) await desks.save(file);
        return {};
      },
      saveFile: async ({ file }) => ({ saved: await desks.save(file) }),
    },
    health: async () => ({ ok: true }),
  };
}
