/** The content of an event, whatever it is: nothing in it is to be relied on before it was looked at. */
export type Content = Readonly<Record<string, unknown>>;

/** An event as the homeserver hands it over. */
export interface MatrixEvent {
  readonly id: string;
  readonly room: string;
  readonly type: string;
  readonly sender: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stateKey: string | undefined;
  readonly content: Content;
  /** The redaction by which its content was taken away. */
  readonly redactedBy: MatrixEvent | undefined;
}

/** The types of event that are our own. */
export const OWN = {
  /** State: which room of the workspace this is. */
  room: 'se.valfri.room',
  /** That there was a message, which was deleted before it came here. */
  tombstone: 'se.valfri.tombstone',
  /** What was lost with an event that another client took away. */
  trace: 'se.valfri.trace',
  /** An emoji by somebody who cannot write here themselves. */
  reaction: 'se.valfri.reaction',
} as const;

/** The field of a content that holds what Matrix has no field for. */
export const STAMP = 'se.valfri';

/** What Matrix has no field for; every part may be absent. */
export interface Stamp {
  readonly id?: string;
  readonly seq?: number;
  /** Account of whoever it is from, where the bot had to send it. */
  readonly author?: string;
  readonly sentAt?: number;
  readonly attachments?: readonly unknown[];
  readonly replyTo?: string | null;
  readonly thread?: string | null;
  readonly editedAt?: number | null;
  readonly deletedAt?: number;
  readonly joinedAt?: number;
  readonly emoji?: string;
  readonly message?: string;
  /** The event whose stamp this was. */
  readonly of?: string;
  /** What it took away was no message of its own, but an edit. */
  readonly nothing?: boolean;
  /** It was brought from elsewhere: nobody is to be told of it. */
  readonly quiet?: boolean;
  /** Accounts of the owners, whatever the power levels say while others are kept from writing. */
  readonly owners?: readonly string[];
}

/** Reads an event; `undefined` where it is none. */
export function readEvent(value: unknown): MatrixEvent | undefined {
  if (!isObject(value)) return undefined;
  const { event_id: id, room_id: room, type, sender, origin_server_ts: at, state_key: stateKey, content } = value;
  if (![id, room, type, sender].every((part) => typeof part === 'string' && part !== '')) return undefined;
  if (!Number.isSafeInteger(at) || !isObject(content)) return undefined;
  const unsigned = isObject(value['unsigned']) ? value['unsigned'] : {};
  return {
    ...({ id, room, type, sender } as { id: string; room: string; type: string; sender: string }),
    at: Math.max(0, at as number),
    stateKey: typeof stateKey === 'string' ? stateKey : undefined,
    content,
    redactedBy: readEvent(withRoom(unsigned['redacted_because'], room)),
  };
}

/** What we put beside an event's own content; of another's event it is not to be believed. */
export function stampOf({ content }: MatrixEvent): Stamp {
  const stamp = content[STAMP];
  return isObject(stamp) ? (stamp as Stamp) : {};
}

/** The event that this one says something about, where its relation is of that type. */
export function related({ content }: MatrixEvent, type: string): string | undefined {
  const relation = content['m.relates_to'];
  if (!isObject(relation) || relation['rel_type'] !== type) return undefined;
  return typeof relation['event_id'] === 'string' ? relation['event_id'] : undefined;
}

/** The event that this one takes away. */
export function redacts({ type, content }: MatrixEvent): string | undefined {
  if (type !== 'm.room.redaction') return undefined;
  return typeof content['redacts'] === 'string' ? content['redacts'] : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withRoom(value: unknown, room: unknown): unknown {
  return isObject(value) ? { room_id: room, ...value } : undefined;
}
