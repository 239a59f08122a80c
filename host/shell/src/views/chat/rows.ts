import type { Message } from '@valfri/sdk';
import { startOfDay } from '../../format/dates.ts';
import type { Outgoing } from '../../state/chat/sending.ts';

const TOGETHER = 5 * 60_000;

/** One row of a message list. */
export type Row =
  | { readonly kind: 'beginning'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: Message;
      /** A new day begins with it. */
      readonly day: boolean;
      /** It is the first that the reader has not seen. */
      readonly firstNew: boolean;
      /** By the same author shortly after the one above, so that their name need not be repeated. */
      readonly compact: boolean;
    }
  | {
      readonly kind: 'outgoing';
      readonly key: string;
      readonly message: Outgoing;
      readonly day: boolean;
      readonly compact: boolean;
    };

/** What rows are made of. */
export interface RowsInput {
  readonly messages: readonly Message[];
  readonly outgoing: readonly Outgoing[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  /** The place of the last message that the reader had read when they came; later ones are new. */
  readonly readUpTo: number;
  readonly me: string;
  readonly showBeginning: boolean;
}

/** The rows of a message list. */
export function rowsOf({
  messages,
  outgoing,
  hasBefore,
  hasAfter,
  readUpTo,
  me,
  showBeginning,
}: RowsInput): readonly Row[] {
  const rows: Row[] = hasBefore || !showBeginning ? [] : [{ kind: 'beginning', key: 'beginning' }];
  let before: { readonly author: string; readonly at: number; readonly alone: boolean } | undefined;
  // Where the page begins with something new, the first that is new stands further up.
  let newShown = hasBefore && messages.length > 0 && messages[0]!.seq > readUpTo;
  for (const message of messages) {
    const { id, author, sentAt, seq, replyTo, deletedAt } = message;
    const day = before === undefined || startOfDay(before.at) !== startOfDay(sentAt);
    const firstNew: boolean = !newShown && seq > readUpTo && author !== me;
    newShown ||= firstNew;
    const follows = before !== undefined && before.author === author && sentAt - before.at < TOGETHER && !before.alone;
    rows.push({
      kind: 'message',
      key: id,
      message,
      day,
      firstNew,
      compact: follows && !day && !firstNew && replyTo === undefined,
    });
    before = { author, at: sentAt, alone: deletedAt !== undefined };
  }
  if (hasAfter) return rows;
  const known = new Set(messages.map(({ id }) => id));
  for (const message of outgoing) {
    if (known.has(message.id)) continue;
    const day = before === undefined || startOfDay(before.at) !== startOfDay(message.at);
    const follows = before !== undefined && before.author === me && message.at - before.at < TOGETHER && !before.alone;
    rows.push({
      kind: 'outgoing',
      key: message.id,
      message,
      day,
      compact: follows && !day && message.replyTo === undefined,
    });
    before = { author: me, at: message.at, alone: false };
  }
  return rows;
}
