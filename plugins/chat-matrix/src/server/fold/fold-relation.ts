import { isObject, redacts, related } from '../matrix/event.ts';
import { type Folded, type FoldRequest, NOTHING } from './folded.ts';
import { hangingRecords, reactionRecord, tombstoneRecord } from './records.ts';

const LONGEST_EMOJI = 64;

/** An emoji on a message. */
export function foldReaction({ event, stamp, author, known }: FoldRequest): Folded {
  const relation = event.content['m.relates_to'];
  const onBehalf = stamp.emoji !== undefined && stamp.message !== undefined;
  const emoji = onBehalf ? stamp.emoji : isObject(relation) ? relation['key'] : undefined;
  const target = known.messages.get(String(related(event, 'm.annotation')));
  const message = onBehalf ? stamp.message : target?.id;
  if (event.redactedBy || typeof emoji !== 'string' || message === undefined || !fits(emoji)) return NOTHING;
  if (!known.rooms.has(event.room)) return NOTHING;
  const reaction = { message, person: known.people.get(author)!, emoji };
  known.reactions.set(event.id, reaction);
  const record = reactionRecord(reaction, event.at);
  return { records: [record], native: { table: 'reactions', key: record.key, id: event.id } };
}

/** That a message was deleted, or an emoji taken off. */
export function foldRedaction({ event, stamp, known }: FoldRequest): Folded {
  const target = redacts(event)!;
  const reaction = known.reactions.get(target);
  if (reaction) {
    known.reactions.delete(target);
    return { records: [reactionRecord(reaction, null)] };
  }
  const row = known.messages.get(target);
  const byAnother = stamp.id === undefined && stamp.nothing === undefined;
  if (!row) return byAnother ? { records: [], trace: { of: target, nothing: true } } : NOTHING;
  if (row.deletedAt !== null) return NOTHING;
  const deletedAt = stamp.deletedAt ?? event.at;
  known.addMessage(target, { ...row, text: '', mentions: [], attachments: [], deletedAt });
  const gone = hangingRecords(row.id, { reply: null, edit: null });
  const thread = row.thread === null ? {} : { thread: row.thread };
  const trace = byAnother ? { trace: { of: target, id: row.id, ...thread } } : {};
  return { records: [tombstoneRecord(row, deletedAt), ...gone], ...trace };
}

function fits(emoji: string): boolean {
  return emoji.trim() !== '' && emoji.length <= LONGEST_EMOJI && emoji.isWellFormed() && !emoji.includes('\0');
}
