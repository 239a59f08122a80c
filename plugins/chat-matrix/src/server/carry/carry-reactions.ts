import type { Change } from '@valfri/sdk/server';
import type { RoomContext } from './room-context.ts';
import { OWN, STAMP } from '../matrix/event.ts';
import { inParallel } from '../in-parallel.ts';
import { reactionKey } from './room-work.ts';
import { transactionOf } from './transaction.ts';

/** Reactions that are sent to one room at once: they do not depend on each other. */
const AT_ONCE = 4;

/** Emojis put on, and taken off. */
export async function carryReactions(context: RoomContext): Promise<void> {
  await inParallel(AT_ONCE, context.work.reactions, async (change) => {
    const { before, after } = change;
    const was = before !== undefined && !before.gone;
    if (was && (after.gone || before.at !== after.at)) await takeOff(context, change);
    if (!after.gone && !(was && before.at === after.at)) await putOn(context, change);
  });
}

async function putOn(context: RoomContext, { before, after }: Change<'reactions'>): Promise<void> {
  const { homeserver, room, accounts, inside, events, quiet, actor, sent, signal } = context;
  const account = accounts.get(after.person)!;
  const own = inside.has(account);
  const target = events.get(after.message)!;
  const at = actor === undefined ? after.at : undefined;
  const annotation = { rel_type: 'm.annotation', event_id: target, key: after.emoji };
  const content = own
    ? { 'm.relates_to': annotation, [STAMP]: { quiet } }
    : { [STAMP]: { quiet, author: account, message: after.message, emoji: after.emoji } };
  const event = await homeserver
    .send({
      ...{ room, type: own ? 'm.reaction' : OWN.reaction, content, at, signal },
      as: own ? account : undefined,
      transaction: transactionOf('reaction', reactionKey(after), before?.at ?? null, at ?? null),
    })
    .catch(unlessThere);
  if (event !== undefined) sent(event);
}

async function takeOff(context: RoomContext, { before, after }: Change<'reactions'>): Promise<void> {
  const { homeserver, room, accounts, events, quiet, actor, sent, signal } = context;
  const redacts = events.get(reactionKey(after));
  if (redacts === undefined) return;
  const as = actor === undefined ? undefined : accounts.get(actor);
  const content = { redacts, [STAMP]: { quiet, nothing: true } };
  const transaction = transactionOf('off', redacts, before?.at ?? null);
  sent(await homeserver.send({ room, type: 'm.room.redaction', transaction, content, as, signal }));
}

function unlessThere(error: { reason?: string }): undefined {
  if (error.reason !== 'M_DUPLICATE_ANNOTATION') throw error;
  return undefined;
}
