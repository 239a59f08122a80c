import type { ChatTables } from '@valfri/sdk/server';
import type { Generated } from 'kysely';

/** The tables of an instance, as Kysely sees them. */
export interface MatrixTables extends ChatTables {
  /** Ids of the events that have been taken in, and numbers that grow in the order in which they were. */
  matrix_events: { id: string; arrived: Generated<string> };
  /** Ids of the transactions that have been taken in. */
  matrix_transactions: { id: string; at: Generated<Date> };
  /** Who owns a room, by account, whether or not they are in it now. */
  matrix_rooms: { id: string; owners: string[] };
  /** Accounts that are none of ours and are in a room, or invited into it. */
  matrix_strangers: { room: string; account: string; person: string };
  /** Whether others are kept from writing; one row. */
  matrix_state: { id: number; frozen: boolean };
}
