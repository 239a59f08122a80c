import { CapabilityError, type office, type OfficeFormat, type OpenFiles, type PluginContext, type Provider, type RunningPlugin } from '@valfri/sdk';
import { Desks } from './desks.ts';
import type { FileKind } from './kinds/kind.ts';
import { docxKind } from './kinds/docx.ts';
import { textKind } from './kinds/text.ts';
import { Member } from './member.ts';
import { SAVE_TIMES, type SaveTimes } from './save-timer.ts';
import { StoredFiles } from './stored-files.ts';
import type { OfficeTables } from './tables.ts';

const A_DAY = 86_400_000;

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

const formats: readonly (OfficeFormat & { readonly kind: FileKind })[] = [
  { extension: 'docx', mediaType: DOCX, actions: ['view', 'edit'], creates: true, convertsTo: [], kind: docxKind },
  { extension: 'md', mediaType: 'text/markdown', actions: ['view', 'edit'], creates: true, convertsTo: [], kind: textKind },
  { extension: 'txt', mediaType: 'text/plain', actions: ['view', 'edit'], creates: true, convertsTo: [], kind: textKind },
  ...['csv', 'json', 'xml', 'yaml', 'yml', 'log', 'ini', 'tex'].map((extension) => ({
    ...{ extension, mediaType: 'text/plain', actions: ['view' as const, 'edit' as const] },
    ...{ creates: false, convertsTo: [], kind: textKind },
  })),
];

/** Puts an instance to work. */
export function start(context: PluginContext): Promise<RunningPlugin> {
  return startWith(context, SAVE_TIMES);
}

/** As {@link start}, at other times. */
export async function startWith(context: PluginContext, times: SaveTimes): Promise<RunningPlugin> {
  const { database, openFiles, log, people } = context;
  const stored = new StoredFiles(database.kysely<OfficeTables>());
  const bySession = (session: string) => openFiles!.bySession(session);
  const desks = new Desks({ stored, log, times, bySession }, people, kindOf);
  await stored.forgetOld();
  const daily = setInterval(() => void stored.forgetOld().catch(() => undefined), A_DAY).unref();
  void desks.saveLeftovers().catch(() => undefined);
  return {
    providers: { office: provider(stored, desks, bySession) },
    connect: (channel) => void desks.seat(new Member(channel)),
    async stop() {
      clearInterval(daily);
      await desks.stop();
      await Promise.all(formats.map(({ kind }) => kind.stop?.()));
    },
  };
}

function provider(stored: StoredFiles, desks: Desks, bySession: OpenFiles['bySession']): Provider<typeof office> {
  return {
    features: {},
    operations: {
      listFormats: async () => ({ formats: formats.map(({ kind: _kind, ...format }) => format) }),
      async openFile({ session, file, action }) {
        const format = formats.find(({ extension }) => extension === extensionOf(file.name));
        if (!format?.actions.includes(action))
          throw new CapabilityError('INVALID', 'There is no editor for files of this kind here.', { reason: 'FORMAT', field: 'file' });
        await bySession(session);
        await stored.noteSession(session, file.id, action);
        return { page: format.kind.page };
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

function kindOf(name: string): FileKind | undefined {
  return formats.find(({ extension }) => extension === extensionOf(name))?.kind;
}

function extensionOf(name: string): string {
  return /\.([a-z0-9]{1,16})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}
