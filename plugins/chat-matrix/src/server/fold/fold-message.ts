import type { AttachmentRow, MessageRow } from '@valfri/sdk/server';
import { idFrom } from '../matrix/accounts.ts';
import { isObject, type MatrixEvent, related, type Stamp } from '../matrix/event.ts';
import { type Folded, type FoldRequest, NOTHING } from './folded.ts';
import type { Known } from './known.ts';
import { foreignText, ownText } from '../matrix/message-text.ts';
import { hangingRecords, messageRecord, tombstoneRecord } from './records.ts';

const EMPTY = { text: '', mentions: [], attachments: [], replyTo: null, thread: null, editedAt: null, deletedAt: null };

/** A message, by us or by another client; one whose text was taken away leaves its place. */
export function foldMessage(request: FoldRequest): Folded {
  const { event, stamp, known } = request;
  const room = known.rooms.get(event.room);
  if (!room || stamp.nothing || sentBefore(request)) return NOTHING;
  if (event.redactedBy) return leaveTrace(request, stamp.deletedAt ?? event.redactedBy.at);
  const ours = stamp.id !== undefined;
  const row: MessageRow = {
    ...EMPTY,
    ...placeOf(request, room.id),
    ...(ours ? ownText(event.content, known.people) : foreignText(event.content, known.people)),
    attachments: (stamp.attachments ?? []) as readonly AttachmentRow[],
    replyTo: ours ? (stamp.replyTo ?? null) : answered(event, known),
    thread: ours ? (stamp.thread ?? null) : threadOf(event, known),
    editedAt: stamp.editedAt ?? null,
  };
  known.addMessage(event.id, row);
  const { id, replyTo, thread, editedAt } = row;
  const hanging = hangingRecords(id, {
    reply: replyTo ?? undefined,
    thread: thread ?? undefined,
    edit: editedAt ?? undefined,
  });
  return { records: [messageRecord(row), ...hanging], native: nativeOf(request, id) };
}

/** That there was a message: all that is left of one that was deleted before it came here. */
export function foldTombstone(request: FoldRequest): Folded {
  const { stamp, known, event } = request;
  if (!known.rooms.has(event.room) || stamp.id === undefined || sentBefore(request)) return NOTHING;
  return leaveTrace(request, stamp.deletedAt ?? event.at);
}

function leaveTrace(request: FoldRequest, deletedAt: number): Folded {
  const { event, stamp, known } = request;
  const room = known.rooms.get(event.room)!;
  const row: MessageRow = { ...EMPTY, ...placeOf(request, room.id), thread: stamp.thread ?? null, deletedAt };
  known.addMessage(event.id, row);
  const hanging = hangingRecords(row.id, { thread: row.thread ?? undefined });
  return { records: [tombstoneRecord(row, deletedAt), ...hanging], native: nativeOf(request, row.id) };
}

/** An edit by the author, or by the bot for one who cannot write here themselves. */
export function foldEdit({ event, stamp, author, known, trust }: FoldRequest): Folded {
  const target = related(event, 'm.replace')!;
  const before = known.messages.get(target);
  const person = known.people.get(author);
  const content = event.content['m.new_content'];
  if (!before || before.deletedAt !== null || before.author !== person || event.redactedBy || !isObject(content))
    return NOTHING;
  const read = trust.isOurs(event.sender) ? ownText : foreignText;
  const row: MessageRow = { ...before, ...read(content, known.people), ...carried(stamp, event.at) };
  known.addMessage(target, row);
  const hanging = hangingRecords(row.id, { reply: stamp.replyTo, thread: stamp.thread, edit: row.editedAt });
  return { records: [messageRecord(row), ...hanging] };
}

/** What an edit that was brought from elsewhere says beside its text. */
function carried(stamp: Stamp, at: number): Partial<MessageRow> {
  const { seq, sentAt, attachments, replyTo, thread, editedAt } = stamp;
  return {
    ...(seq === undefined ? {} : { seq }),
    ...(sentAt === undefined ? {} : { sentAt }),
    ...(attachments === undefined ? {} : { attachments: attachments as readonly AttachmentRow[] }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(thread === undefined ? {} : { thread }),
    editedAt: editedAt === undefined ? at : editedAt,
  };
}

/** Whether another event brought the same message: it was sent again after a crash. The first one stands. */
function sentBefore({ event, stamp, known }: FoldRequest): boolean {
  const first = stamp.id === undefined ? undefined : known.events.get(stamp.id);
  return first !== undefined && first !== event.id;
}

/** Id, place, author and time. A place of 0 is the next one. */
function placeOf({ event, stamp, author, known }: FoldRequest, room: string) {
  const { id = idFrom('event', event.id), seq = 0, sentAt = event.at } = stamp;
  return { id, room, seq, author: known.people.get(author)!, sentAt };
}

function nativeOf({ event }: FoldRequest, key: string): NonNullable<Folded['native']> {
  return { table: 'messages', key, id: event.id };
}

/** A quotation that only helps clients without threads is no answer. */
function answered({ content }: MatrixEvent, known: Known): string | null {
  const relation = content['m.relates_to'];
  if (!isObject(relation) || relation['is_falling_back'] === true) return null;
  const answer = relation['m.in_reply_to'];
  const event = isObject(answer) ? answer['event_id'] : undefined;
  return known.messages.get(String(event))?.id ?? null;
}

/** A thread begins with a message of the room itself. */
function threadOf(event: MatrixEvent, known: Known): string | null {
  const root = known.messages.get(String(related(event, 'm.thread')));
  return root && root.thread === null ? root.id : null;
}
