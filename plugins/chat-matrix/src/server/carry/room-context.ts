import type { Homeserver } from '../matrix/homeserver.ts';
import type { RoomWork } from './room-work.ts';

/** How changes are brought to the homeserver. */
export interface Manner {
  /** Person who does it; absent where it was done elsewhere, and is only brought here. */
  readonly actor?: string | undefined;
  /** Nobody is to be told of it. */
  readonly quiet: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What is needed to write to one room. */
export interface RoomContext extends Manner {
  readonly homeserver: Homeserver;
  readonly work: RoomWork;
  /** The room's id at the homeserver. */
  readonly room: string;
  readonly owners: readonly string[];
  /** Accounts of others that may not write just now. */
  readonly muted: readonly string[];
  /** Whether the room is archived or frozen. */
  readonly closed: boolean;
  /** Accounts by person. */
  readonly accounts: ReadonlyMap<string, string>;
  /** Accounts that are in the room and that we can act as. */
  readonly inside: Set<string>;
  /** Event ids by message id, and by key of a reaction. */
  readonly events: Map<string, string>;
  /** Collects what was sent: ids of events. */
  sent(event: string): void;
}

/** What the homeserver is going to hand back: an event's id, or `room` and the id of a room. */
export interface Sent {
  readonly key: string;
  /** The room's id at the homeserver. */
  readonly room: string;
}
