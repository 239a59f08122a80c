import type { Message } from '@valfri/sdk';
import { go, chatPath } from '../../router.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { drafts, draftKey, keepDraft } from '../../state/chat/drafts.ts';
import { roomById } from '../../state/chat/rooms.ts';
import { changeMessage, withReaction } from '../../state/chat/timeline.ts';
import { chatFeatures } from '../../state/features.ts';
import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';

const me = bootstrap.session.signedIn?.id ?? '';

/** What can be done with a message, by the features of whoever serves chat and by who asks. */
export interface Possible {
  readonly react: boolean;
  readonly reply: boolean;
  readonly thread: boolean;
  readonly edit: boolean;
  readonly delete: boolean;
}

/** What the reader can do with a message. What cannot be done is not offered. */
export function possibleWith(message: Message, inThread: boolean): Possible {
  const features = chatFeatures.value ?? {};
  const room = roomById(message.room);
  const writable = message.deletedAt === undefined && room?.archivedAt === undefined;
  const own = message.author === me;
  return {
    react: writable && 'reactions' in features,
    reply: writable && 'replies' in features,
    thread: writable && 'threads' in features && !inThread && message.thread === undefined,
    edit: writable && own && 'edit' in features,
    delete: message.deletedAt === undefined && (own || room?.role === 'owner') && 'delete' in features,
  };
}

/** Puts an emoji on a message or takes it off: seen at once, and taken back where the host refuses. */
export async function toggleReaction(message: Message, emoji: string): Promise<void> {
  const { id, room } = message;
  const on = !message.reactions.some((reaction) => reaction.emoji === emoji && reaction.people.includes(me));
  changeMessage(id, (known) => withReaction(known, emoji, me, on));
  try {
    await api.chat.react.mutate({ room, message: id, emoji, on });
  } catch (error) {
    changeMessage(id, (known) => withReaction(known, emoji, me, !on));
    tell(explain(failureOf(error)), { kind: 'bad' });
  }
}

/** Begins an answer to a message. */
export function beginReply(message: Message, thread: string | undefined): void {
  const key = draftKey(message.room, thread);
  const known = drafts.peek()[key] ?? { text: '', mentions: {} };
  keepDraft(key, { ...known, replyTo: message.id });
}

/** Opens the thread that a message begins. */
export function openThread({ room, id }: Message): void {
  go(chatPath(room, { thread: id }));
}

const UNDO_FOR = 6_000;

/**
 * Deletes a message, after a moment in which it can be undone: to the host a deleted message is gone for good.
 */
export function deleteMessage(message: Message): void {
  const { id, room } = message;
  changeMessage(id, (known) => ({ ...known, text: '', reactions: [], attachments: [], deletedAt: Date.now() }));
  const restore = () => changeMessage(id, () => message);
  const timer = setTimeout(() => {
    removeEventListener('pagehide', now);
    void api.chat.deleteMessage.mutate({ room, message: id }).catch((error: unknown) => {
      restore();
      tell(explain(failureOf(error)), { kind: 'bad' });
    });
  }, UNDO_FOR);
  const now = () => {
    clearTimeout(timer);
    void api.chat.deleteMessage.mutate({ room, message: id });
  };
  addEventListener('pagehide', now, { once: true });
  const undo = () => {
    clearTimeout(timer);
    removeEventListener('pagehide', now);
    restore();
  };
  tell(text.value.deletedToast, { action: { label: text.value.undo, run: undo } });
}

/** Copies a link that leads to a message, for as long as it exists. */
export async function copyLink({ room, id }: Message): Promise<void> {
  await navigator.clipboard.writeText(location.origin + chatPath(room, { message: id }));
  tell(text.value.copied);
}

/** Copies a message's text as it was written. */
export async function copyText(message: Message): Promise<void> {
  await navigator.clipboard.writeText(message.text);
  tell(text.value.copied);
}
