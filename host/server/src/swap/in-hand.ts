import type { Kysely } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** What people have in hand of a function whose providers keep nothing themselves, when it moves to another instance. */
export interface InHand {
  /** How much an instance has in hand. */
  count(instance: string): Promise<number>;
  /**
   * Has an instance finish it: `soon` while people go on with it; else while nothing new can begin, and for good.
   * @throws Unfinished where it could not; then it has it still.
   */
  finish(instance: string, soon: boolean): Promise<void>;
  /** Moves what the host keeps of it to another instance, within the transaction that moves the bindings. */
  move(from: string, to: string, trx: Kysely<HostTables>): Promise<void>;
}
