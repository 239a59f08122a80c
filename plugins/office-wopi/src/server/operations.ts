import { CapabilityError, type office, type OpenFiles, type ProviderOperations } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import type { Discovery } from './discovery/discovery.ts';
import { actionUrl, formatsOf, urlsrcFor } from './discovery/formats.ts';
import type { Pages } from './pages.ts';
import type { Settings } from './settings.ts';
import type { WopiTables } from './tables.ts';
import type { Tokens } from './tokens.ts';
import { lockOn } from './wopi/locks.ts';

/** How long a client may take to give up its lock after the last page has gone, in milliseconds. */
const PATIENCE = 8_000;

/** What the operations work with. */
export interface OperationsOptions {
  readonly settings: Settings;
  readonly db: Kysely<WopiTables>;
  readonly files: OpenFiles;
  readonly discovery: Discovery;
  readonly tokens: Tokens;
  readonly pages: Pages;
  readonly wopiSrc: (file: string) => string;
  /** Settles when the lock of a file is given up, or after some milliseconds. */
  readonly untilUnlocked: (file: string, patience: number) => Promise<void>;
}

/** The contract, on a WOPI client. */
export function createOperations(options: OperationsOptions): ProviderOperations<typeof office> {
  const { discovery, settings, pages, db } = options;
  return {
    async listFormats() {
      const found = await discovery.current();
      return { formats: found ? formatsOf(found, settings.commenting) : [] };
    },
    openFile: (input) => openFile(input, options),
    async closeSession({ session }) {
      await pages.save((page) => page.session === session && page.file !== undefined);
      pages.close(session);
      await db.deleteFrom('pages').where('session', '=', session).execute();
      return {};
    },
    async saveFile({ file }) {
      return { saved: (await pages.save((page) => page.file === file)) ?? (await isLetGo(file, options)) };
    },
  } as ProviderOperations<typeof office>;
}

type OpenInput = Parameters<ProviderOperations<typeof office>['openFile']>[0];

async function openFile({ session, file, action, language, theme }: OpenInput, options: OperationsOptions) {
  const { discovery, files, tokens, wopiSrc, settings } = options;
  const found = await discovery.current();
  if (!found) throw new CapabilityError('UNAVAILABLE', 'The editor does not answer.');
  const extension = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  const format = formatsOf(found, settings.commenting).find((each) => each.extension === extension);
  const urlsrc = urlsrcFor(found, { extension, action, empty: file.size === 0 });
  if (!format?.actions.includes(action) || urlsrc === undefined)
    throw new CapabilityError('INVALID', 'The editor cannot do this with files of this kind.', {
      reason: 'FORMAT',
      field: 'file',
    });
  const open = await files.bySession(session);
  const origins = [settings.clientUrl, settings.publicUrl].flatMap((url) => (url ? [new URL(url).origin] : []));
  const placement = { wopiSrc: wopiSrc(open.file), language, theme, origins, publicUrl: settings.publicUrl };
  const url = actionUrl(urlsrc, placement);
  if (url === undefined)
    throw new CapabilityError('UNAVAILABLE', 'The editor names an address that is not the one in the settings.');
  const { token, expiresAt } = await tokens.issue(open);
  return { page: 'editor', data: { url, token, expiresAt } };
}

/** Whether a client without a page has let a file go: what it held it has saved by then. */
async function isLetGo(file: string, { tokens, db, untilUnlocked }: OperationsOptions): Promise<boolean> {
  const open = await tokens.anySession(file);
  if (!open) return true;
  if ((await lockOn(open, { db })).text === '') return true;
  await untilUnlocked(file, PATIENCE);
  return (await lockOn(open, { db })).text === '';
}
