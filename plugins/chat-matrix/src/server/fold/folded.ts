import type { PortableRecord } from '@valfri/sdk';
import type { MatrixEvent, Stamp } from '../matrix/event.ts';
import type { Known } from './known.ts';

/** Whose word counts for what. */
export interface Trust {
  /** The instance's id: rooms of another are none of ours. */
  readonly instance: string;
  readonly bot: string;
  isOurs(account: string): boolean;
}

/** What one event says. */
export interface Folded {
  readonly records: readonly PortableRecord[];
  /** The row that the homeserver knows by the event's (or room's) id. */
  readonly native?: {
    readonly table: 'rooms' | 'messages' | 'reactions';
    readonly key: string;
    readonly id: string;
  };
  /** What would be lost with an event that another client took away: the bot is to write it down. */
  readonly trace?: Stamp;
}

/** One event, and all that it takes to understand it. */
export interface FoldRequest {
  readonly event: MatrixEvent;
  /** What was put beside it by us; empty where it is another's, whatever that one put there. */
  readonly stamp: Stamp;
  /** Account it is from. */
  readonly author: string;
  readonly known: Known;
  readonly trust: Trust;
}

export const NOTHING: Folded = { records: [] };
