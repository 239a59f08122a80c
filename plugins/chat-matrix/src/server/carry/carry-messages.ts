import type { Change, MessageRow } from '@valfri/sdk/server';
import type { RoomContext } from './room-context.ts';
import { OWN, STAMP, type Stamp } from '../matrix/event.ts';
import { inParallel } from '../in-parallel.ts';
import { contentOf, editContentOf } from '../matrix/message-text.ts';
import { transactionOf } from './transaction.ts';

/** Changes of messages that are sent to one room at once: they do not depend on each other. */
const AT_ONCE = 4;

/** New messages in their order, then edits and deletions. */
export async function carryMessages(context: RoomContext): Promise<void> {
  const { messages } = context.work;
  for (const change of messages) if (!change.before) await carryOne(context, change);
  const known = messages.filter(({ before }) => before !== undefined);
  await inParallel(AT_ONCE, known, (change) => carryOne(context, change));
}

async function carryOne(context: RoomContext, change: Change<'messages'>): Promise<void> {
  const { before, after } = change;
  if (!before) return after.deletedAt === null ? post(context, after) : leaveTrace(context, after);
  if (before.deletedAt !== null || same(before, after)) return;
  if (after.deletedAt !== null) return redact(context, before, after);
  return edit(context, before, after);
}

function same(a: MessageRow, b: MessageRow): boolean {
  const text = (row: MessageRow) => JSON.stringify(Object.entries(row).sort());
  return text(a) === text(b);
}

async function post(context: RoomContext, row: MessageRow): Promise<void> {
  const { homeserver, room, accounts, signal, events, sent } = context;
  const { id, attachments, replyTo, thread, editedAt } = row;
  const { as, stamp, at } = sender(context, row);
  const content = {
    ...contentOf(row.text, row.mentions, accounts),
    ...relation(row, events),
    [STAMP]: {
      ...{ id, ...stamp, ...(at === undefined ? {} : { seq: row.seq }) },
      ...(attachments.length === 0 ? {} : { attachments }),
      ...without({ replyTo, thread, editedAt }),
    } satisfies Stamp,
  };
  const transaction = transactionOf('message', id);
  const event = await homeserver.send({ room, type: 'm.room.message', transaction, content, as, at, signal });
  events.set(id, event);
  sent(event);
}

/** A message that was deleted before it came here leaves a trace, and no text. */
async function leaveTrace(context: RoomContext, row: MessageRow): Promise<void> {
  const { homeserver, room, signal, events, sent } = context;
  const { id, seq, thread, deletedAt } = row;
  const { as, stamp } = sender(context, row);
  const content = { [STAMP]: { id, seq, ...stamp, deletedAt: deletedAt!, ...without({ thread }) } satisfies Stamp };
  const transaction = transactionOf('trace', id);
  const event = await homeserver.send({ room, type: OWN.tombstone, transaction, content, as, at: row.sentAt, signal });
  events.set(id, event);
  sent(event);
}

async function edit(context: RoomContext, before: MessageRow, after: MessageRow): Promise<void> {
  const { homeserver, room, accounts, signal, events, sent } = context;
  const { seq, sentAt, attachments, replyTo, thread, editedAt } = after;
  const { as, stamp, at } = sender(context, after);
  const brought = at === undefined ? {} : { seq, sentAt, attachments, replyTo, thread, editedAt };
  const content = {
    ...editContentOf(contentOf(after.text, after.mentions, accounts), events.get(after.id)!),
    [STAMP]: { id: after.id, ...stamp, ...brought } satisfies Stamp,
  };
  const { editedAt: _, ...wanted } = after;
  const transaction = transactionOf('edit', before, at === undefined ? wanted : after);
  const when = at === undefined ? undefined : (editedAt ?? at);
  sent(await homeserver.send({ room, type: 'm.room.message', transaction, content, as, at: when, signal }));
}

/** Takes the text away, and that of every edit; the redaction holds what is to be known of it still. */
async function redact(context: RoomContext, before: MessageRow, after: MessageRow): Promise<void> {
  const { homeserver, room, actor, accounts, quiet, signal, events, sent } = context;
  const { id, seq, thread } = after;
  const at = actor === undefined ? after.deletedAt! : undefined;
  const as = actor === undefined ? undefined : accounts.get(actor);
  const target = events.get(id)!;
  const edits = before.editedAt === null ? [] : await editsOf(context, target);
  const take = async (redacts: string, stamp: Stamp) => {
    const content = { redacts, [STAMP]: { quiet, ...stamp } };
    const transaction = transactionOf('redact', redacts);
    sent(await homeserver.send({ room, type: 'm.room.redaction', transaction, content, as, at, signal }));
  };
  const author = accounts.get(after.author)!;
  await take(target, { id, seq, author, ...without({ thread }), ...(at === undefined ? {} : { deletedAt: at }) });
  for (const event of edits) await take(event, { nothing: true });
}

async function editsOf({ homeserver, room, signal }: RoomContext, event: string): Promise<readonly string[]> {
  const path = `/v1/rooms/${encodeURIComponent(room)}/relations/${encodeURIComponent(event)}/m.replace`;
  const edits: string[] = [];
  for (let from: string | undefined; ;) {
    const query = { limit: '100', ...(from === undefined ? {} : { from }) };
    const page = await homeserver.call<{ chunk?: { event_id: string }[]; next_batch?: string }>({
      ...{ method: 'GET', path, query, signal },
    });
    edits.push(...(page.chunk ?? []).map(({ event_id }) => event_id));
    from = page.next_batch;
    if (from === undefined) return edits;
  }
}

/** As whom it is sent, and when it happened where it is only brought here. Who is not in the room writes by the bot. */
function sender(
  context: RoomContext,
  row: MessageRow,
): { as: string | undefined; stamp: Stamp; at: number | undefined } {
  const { accounts, inside, quiet, actor } = context;
  const account = accounts.get(row.author)!;
  const at = actor === undefined ? row.sentAt : undefined;
  const silence = quiet ? { quiet } : {};
  if (inside.has(account)) return { as: account, stamp: silence, at };
  return { as: undefined, stamp: { ...silence, author: account }, at };
}

/** How Matrix says what a message answers and where it stands, for other clients. */
function relation({ replyTo, thread }: MessageRow, events: ReadonlyMap<string, string>): object {
  const [answered, root] = [replyTo && events.get(replyTo), thread && events.get(thread)];
  const reply = answered ? { 'm.in_reply_to': { event_id: answered } } : {};
  if (root) {
    const fallback = answered
      ? { is_falling_back: false, ...reply }
      : { is_falling_back: true, 'm.in_reply_to': { event_id: root } };
    return { 'm.relates_to': { rel_type: 'm.thread', event_id: root, ...fallback } };
  }
  return answered ? { 'm.relates_to': reply } : {};
}

function without<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as never;
}
