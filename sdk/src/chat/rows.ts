/** A room as a store holds it. Times are milliseconds since the epoch. */
export interface RoomRow {
  readonly id: string;
  readonly kind: 'direct' | 'group' | 'channel';
  readonly name: string;
  readonly topic: string;
  readonly organisation: string;
  readonly createdAt: number;
  readonly archivedAt: number | null;
  /** Place of the newest message. */
  readonly lastSeq: number;
  readonly lastAt: number;
}

/** A membership; one that ended is kept, so that its end can be handed on. */
export interface MemberRow {
  readonly room: string;
  readonly person: string;
  readonly role: 'owner' | 'member';
  readonly joinedAt: number;
  readonly gone: boolean;
}

/** A link to something that another capability holds. */
export interface AttachmentRow {
  readonly urn: string;
  readonly title: string;
  readonly mediaType?: string | undefined;
}

/** A message; one that was deleted has no text. */
export interface MessageRow {
  readonly id: string;
  readonly room: string;
  readonly seq: number;
  readonly author: string;
  readonly sentAt: number;
  readonly text: string;
  readonly mentions: readonly string[];
  readonly attachments: readonly AttachmentRow[];
  readonly replyTo: string | null;
  readonly thread: string | null;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
}

/** An emoji on a message; one that was taken off is kept, so that this can be handed on. */
export interface ReactionRow {
  readonly message: string;
  readonly room: string;
  readonly person: string;
  readonly emoji: string;
  readonly at: number;
  readonly gone: boolean;
}

/** The kinds of row by the name of their table. */
export interface ChatRows {
  readonly rooms: RoomRow;
  readonly members: MemberRow;
  readonly messages: MessageRow;
  readonly reactions: ReactionRow;
}

/** Name of a table of rows. */
export type ChatTable = keyof ChatRows;

/** The tables of rows, those that others belong to first. */
export const CHAT_TABLES: readonly ChatTable[] = ['rooms', 'members', 'messages', 'reactions'];

/** The text by which a row is found: the key of its first record. Its parts come back by {@link splitKey}. */
export const rowKey: { readonly [T in ChatTable]: (row: ChatRows[T]) => string } = {
  rooms: ({ id }) => id,
  members: ({ room, person }) => `${room}/${person}`,
  messages: ({ id }) => id,
  reactions: ({ message, person, emoji }) => `${message}/${person}/${emoji}`,
};

/** The parts of a row's or a record's key; the last part may hold `/` itself, as an emoji may. */
export function splitKey(key: string, parts: number): string[] {
  const split = key.split('/');
  return [...split.slice(0, parts - 1), split.slice(parts - 1).join('/')];
}
