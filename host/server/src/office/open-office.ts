import type { Kernel } from '@valfri/core';
import type { OpenFiles } from '@valfri/sdk';
import type { Kysely } from 'kysely';
import type { Accounts } from '../accounts/accounts.ts';
import type { Sessions } from '../accounts/sessions.ts';
import type { Uploads } from '../content/uploads.ts';
import type { HostTables } from '../database/tables.ts';
import type { Hub } from '../live/hub.ts';
import type { LiveEvent, Outbox } from '../live/outbox.ts';
import type { Log } from '../log.ts';
import type { PluginPages } from '../pages/plugin-pages.ts';
import type { People } from '../people/people.ts';
import type { CallServices } from '../router/call-operation.ts';
import { Pseudonyms } from '../runtime/pseudonyms.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { HostServices } from '../services.ts';
import { EditingSessions } from './editing-sessions.ts';
import { Editors } from './editors.ts';
import { FileLocks } from './file-locks.ts';
import { FrameChannels } from './frame-channels.ts';
import { openFilesOf } from './host-open-files.ts';
import { Office } from './office.ts';
import { OpenerRules } from './opener-rules.ts';
import { SessionAccess } from './session-access.ts';

/** How often it is looked up which sessions are over, in milliseconds. */
const SWEEP_EVERY = 10_000;
/** How often sessions that ended long ago are forgotten, in milliseconds. */
const FORGET_EVERY = 3_600_000;
/** How long it waits for more to happen before it looks who may still do what, in milliseconds. */
const RECHECK_AFTER = 250;

/** What the office keeps, and what it hands to plugins. */
export interface OfficeParts {
  readonly db: Kysely<HostTables>;
  readonly kernel: Kernel;
  readonly editing: EditingSessions;
  readonly openers: OpenerRules;
  readonly access: SessionAccess;
  readonly documents: CallServices;
  readonly openFiles: (instance: string) => OpenFiles;
}

/** What is there before any plugin runs. */
export function officeParts(given: {
  readonly db: Kysely<HostTables>;
  readonly kernel: Kernel;
  readonly people: People;
  readonly accounts: Accounts;
  readonly uploads: Uploads;
  readonly unknownPeople: HostServices['unknownPeople'];
  readonly publicUrl: () => string;
}): OfficeParts {
  const { db, kernel, people, accounts, uploads, unknownPeople, publicUrl } = given;
  const editing = new EditingSessions(db);
  const access = new SessionAccess({ sessions: editing, people, accounts });
  const documents = { kernel, unknownPeople };
  const addressOf = (file: string) => `${publicUrl()}/edit/${file}`;
  const options = { access, editing, locks: new FileLocks(db), uploads, documents, addressOf };
  const openFiles = (instance: string) => openFilesOf(instance, options);
  return { db, kernel, editing, openers: new OpenerRules(db), access, documents, openFiles };
}

/** The office at work. */
export interface OpenOffice extends Pick<HostServices, 'office' | 'editing' | 'editors' | 'openers' | 'pseudonyms'> {
  readonly frames: FrameChannels;
}

/** Puts it to work, once it is known which plugins there are. */
export function openOffice(
  { db, kernel, editing, openers, access, documents }: OfficeParts,
  given: {
    readonly runtime: Runtime;
    readonly pages: PluginPages;
    readonly hub: Hub;
    readonly outbox: Outbox;
    readonly sessions: Sessions;
    readonly log: Log;
  },
): OpenOffice {
  const { runtime, pages, hub, outbox, sessions, log } = given;
  const editors = new Editors({ kernel, rules: openers, log });
  const pagesOf = (instance: string) => pages.of(instance);
  const office = new Office({ kernel, documents, sessions: editing, access, editors, hub, pagesOf, log });
  const frames = new FrameChannels({ editing, sessions, runtime, log });
  office.onEnded((ended) => frames.end(ended));
  outbox.addSink(recheckOnLoss(office, log));
  const pseudonyms = async (instance: string, person: string) =>
    (await new Pseudonyms(db, instance).of([person])).get(person)!;
  return { office, editing, editors, openers, pseudonyms, frames };
}

/** What somebody was given may have been all by which they had a file open. */
function recheckOnLoss(office: Office, log: Log): (events: readonly LiveEvent[]) => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const recheck = () => {
    waiting = undefined;
    office.recheck().catch((error: unknown) => log.warn('Who may still edit could not be looked up.', { error }));
  };
  return (events) => {
    if (waiting !== undefined || !events.some(takesSomething)) return;
    waiting = setTimeout(recheck, RECHECK_AFTER).unref();
  };
}

function takesSomething({ capability, type, data }: LiveEvent): boolean {
  if (capability !== 'documents') return false;
  return type === 'access.taken' || (type === 'node.changed' && (data['what'] === 'gone' || data['what'] === 'shared'));
}

/** Ends sessions that are over, from now on until it is disposed of. */
export async function keepSessions({ office, editing, log }: HostServices): Promise<Disposable> {
  await editing.comeBack();
  const failed = (error: unknown) => log.warn('Sessions that are over could not be ended.', { error });
  const timers = [
    setInterval(() => void office.sweep().catch(failed), SWEEP_EVERY).unref(),
    setInterval(() => void editing.forgetOld().catch(failed), FORGET_EVERY).unref(),
  ];
  return { [Symbol.dispose]: () => timers.forEach((timer) => clearInterval(timer)) };
}
