import { CapabilityError, type IngestReport, isCapabilityError, type PortableRecord } from '@valfri/core';
import type { Kysely } from 'kysely';
import { announcementsOf } from '../../chat/announcements.ts';
import { applyAll, wantedByRecords } from '../../chat/apply.ts';
import type { Wanted, WorkingSet } from '../../chat/working-set.ts';
import { loadSet } from './load.ts';
import { type Natives, saveSet } from './save.ts';
import type { ChatTables } from './tables.ts';

const MOST_TOGETHER = 200;

/** One write: what it looks at, and what it does to that. */
export interface Write<R> {
  readonly wants: Wanted;
  /** Works on the set; where it throws, its changes are undone and only this write fails. */
  run(set: WorkingSet): R;
  /** Announce what changed. Default: true. */
  readonly announce?: boolean;
  /** Undo afterwards, so that it only finds out whether it could be done. Default: false. */
  readonly dryRun?: boolean;
  readonly natives?: Natives;
}

interface Waiting {
  readonly write: Write<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings writes to the database one after another. What arrives while one is under way goes together in the next: the
 * more there is to do, the less each costs. What another process wrote in between is seen before it is written over.
 */
export class WriteQueue {
  readonly #db: Kysely<ChatTables>;
  readonly #onCommitted: () => void;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(db: Kysely<ChatTables>, onCommitted: () => void) {
    this.#db = db;
    this.#onCommitted = onCommitted;
  }

  /** Settles when the write is committed. @throws what its `run` throws, or UNAVAILABLE where the database failed. */
  write<R>(write: Write<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ write, resolve: resolve as (value: unknown) => void, reject });
      if (!this.#running) void this.#drain();
    });
  }

  /** Takes records in, in one transaction. */
  ingest(
    records: readonly PortableRecord[],
    options: Pick<Write<unknown>, 'announce' | 'dryRun' | 'natives'>,
  ): Promise<IngestReport> {
    return this.write({ ...options, wants: wantedByRecords(records), run: (set) => applyAll(set, records) });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, togetherFrom(this.#waiting));
      await this.#commit(batch);
    }
    this.#running = false;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    let settle: (() => void)[];
    try {
      const { announce = true, natives } = batch[0]!.write;
      let saved;
      do {
        const loaded = await loadSet(this.#db, union(batch.map(({ write }) => write.wants)));
        settle = batch.map((waiting) => runOne(loaded.set, waiting));
        saved = await saveSet(this.#db, loaded, announce ? announcementsOf(loaded.set) : [], natives);
      } while (!saved);
    } catch (error) {
      const refusal = isCapabilityError(error) ? error : unavailable(error);
      for (const { reject } of batch) reject(refusal);
      return;
    }
    this.#onCommitted();
    for (const done of settle) done();
  }
}

/** Writes go together but for those that must stand alone: a large import, or one with ids of another product. */
function togetherFrom(waiting: readonly Waiting[]): number {
  const alone = ({ write }: Waiting) => write.announce === false || write.natives !== undefined;
  if (alone(waiting[0]!)) return 1;
  const end = waiting.findIndex(alone);
  return Math.min(MOST_TOGETHER, end === -1 ? waiting.length : end);
}

function runOne(set: WorkingSet, { write, resolve, reject }: Waiting): () => void {
  try {
    const work = () => write.run(set);
    const result = write.dryRun ? set.probe(work) : set.attempt(work);
    return () => resolve(result);
  } catch (error) {
    return () => reject(error);
  }
}

function union(wants: readonly Wanted[]): Required<Wanted> {
  const all = (name: keyof Wanted) => [...new Set(wants.flatMap((w) => w[name] ?? []))];
  return {
    rooms: all('rooms'),
    members: all('members'),
    messages: all('messages'),
    reactions: all('reactions'),
    places: all('places'),
  };
}

function unavailable(cause: unknown): CapabilityError {
  return new CapabilityError(
    'UNAVAILABLE',
    'The message store does not answer now. What you wrote is kept; try again.',
    { cause },
  );
}
