import { type Kernel, Unfinished } from '@valfri/core';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { HostTables } from '../database/tables.ts';
import type { Hub } from '../live/hub.ts';
import type { InHand } from '../swap/in-hand.ts';
import type { EditingSession, EditingSessions } from './editing-sessions.ts';
import type { Office } from './office.ts';
import type { OpenerRules } from './opener-rules.ts';
import type { SessionAccess } from './session-access.ts';

/** How long the shells have to send what is in their pages alone, and to close, in milliseconds. */
const GOODBYE = 3_000;
/** How long an editor has to save all that it holds, in milliseconds. */
const SAVING = 15_000;
/** How often it is looked whether all have closed, in milliseconds. */
const LOOK_EVERY = 50;

/** What the files are told through that are open when office moves. */
export interface OpenFilesInHandOptions {
  readonly kernel: Kernel;
  readonly office: Pick<Office, 'close' | 'saved'>;
  readonly editing: EditingSessions;
  readonly openers: OpenerRules;
  readonly access: SessionAccess;
  readonly hub: Pick<Hub, 'deliver'>;
}

/**
 * The files that are open with an editor when another takes over. Shells are asked to hand over what is in their pages
 * alone and to close; then the editor saves what it holds, one file after another. Nothing is switched before all is saved.
 */
export class OpenFilesInHand implements InHand {
  readonly #options: OpenFilesInHandOptions;

  constructor(options: OpenFilesInHandOptions) {
    this.#options = options;
  }

  async count(instance: string): Promise<number> {
    return (await this.#options.editing.open({ instance })).length;
  }

  async finish(instance: string, soon: boolean): Promise<void> {
    const written = await this.#options.editing.mayHoldUnsaved(instance);
    if (!soon) await this.#closeAll(instance);
    const unsaved = await this.#saveAll(instance, written);
    if (unsaved === 0) return;
    throw new Unfinished(
      `${unsaved} of ${new Set(written.map(({ file }) => file)).size} files could not be saved by "${instance}". ` +
        'They are open there still, and nothing was switched. See why it cannot save, and try again.',
    );
  }

  async #closeAll(instance: string): Promise<void> {
    const { editing, hub, office } = this.#options;
    const open = await editing.open({ instance });
    const people = new Set(open.map(({ person }) => person));
    const event = { capability: 'host', type: 'office.moving', data: { instance } };
    hub.deliver([...people].map((topic) => ({ ...event, topic })));
    const deadline = Date.now() + GOODBYE;
    while (Date.now() < deadline && (await this.count(instance)) > 0) await delay(LOOK_EVERY);
    await office.close((await editing.open({ instance })).map(({ id }) => id));
  }

  /** @returns how many files could not be saved. */
  async #saveAll(id: string, sessions: readonly EditingSession[]): Promise<number> {
    const { kernel, access, office } = this.#options;
    const instance = kernel.instances.get(id);
    const byFile = new Map(sessions.map((session) => [session.file, session]));
    const deadline = Date.now() + SAVING;
    let unsaved = 0;
    for (const { file, person } of byFile.values()) {
      const standing = await access.standingOf(person);
      const left = deadline - Date.now();
      const isSaved = instance && standing && left > 0 && (await office.saved(instance, file, standing, left));
      if (!isSaved) unsaved += 1;
    }
    return unsaved;
  }

  async move(from: string, to: string, trx: Kysely<HostTables>): Promise<void> {
    await this.#options.openers.move(from, to, trx);
  }
}
