import type { Stamp } from '../matrix/event.ts';
import type { MemberRow, MessageRow, RoomRow } from '@valfri/sdk/server';

/** A room's record as it stands. */
export type KnownRoom = Pick<RoomRow, 'id' | 'kind' | 'name' | 'topic' | 'organisation' | 'createdAt' | 'archivedAt'>;

/** An emoji on a message, as it is known by its event. */
export interface KnownReaction {
  readonly message: string;
  readonly person: string;
  readonly emoji: string;
}

/** All that must be known to understand an event, and what became known by those before it. */
export class Known {
  /** By room id of the homeserver. */
  readonly rooms = new Map<string, KnownRoom>();
  /** Accounts of those who own a room, by room id of the homeserver. */
  readonly owners = new Map<string, readonly string[]>();
  /** Messages by event id. */
  readonly messages = new Map<string, MessageRow>();
  /** Event ids by message id. */
  readonly events = new Map<string, string>();
  /** By event id. */
  readonly reactions = new Map<string, KnownReaction>();
  /** Present members, by room and person joined by `/`. */
  readonly members = new Map<string, MemberRow>();
  /** Whether a stranger is in a room or invited; by room id of the homeserver and account. */
  readonly strangers = new Map<string, ReadonlyMap<string, boolean>>();
  /** What was written down of events that other clients took away, by event id. */
  readonly traces = new Map<string, Stamp>();
  /** People by account. */
  readonly people = new Map<string, string>();

  addMessage(event: string, row: MessageRow): void {
    this.messages.set(event, row);
    this.events.set(row.id, event);
  }

  /** Rooms whose owners changed. */
  readonly newOwners = new Set<string>();

  setOwners(room: string, accounts: readonly string[]): void {
    this.owners.set(room, accounts);
    this.newOwners.add(room);
  }

  addStranger(room: string, account: string, inside: boolean): void {
    this.strangers.set(room, new Map([...(this.strangers.get(room) ?? []), [account, inside]]));
  }
}
