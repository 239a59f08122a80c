import type { Handle } from '@valfri/core';
import type { chat } from '../capabilities/chat.ts';
import type { Message } from '../capabilities/chat-views.ts';

type Reading = Pick<Handle<typeof chat>, 'history'>;

/** Every message of a room or of one thread, oldest first, read page by page from the newest. */
export async function readHistory(
  { history }: Reading,
  request: { readonly room: string; readonly thread?: string; readonly limit: number },
): Promise<Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const before = messages[0]?.id;
    const page = await history({ ...request, ...(before ? { before } : {}) });
    messages.unshift(...page.messages);
    if (!page.hasBefore || page.messages.length === 0) return messages;
  }
}

/** Every message of a room, those in threads included. */
export async function readRoom(chat: Reading, room: string): Promise<Message[]> {
  const messages = await readHistory(chat, { room, limit: 100 });
  const roots = messages.filter(({ replies }) => replies);
  const threads = await Promise.all(roots.map(({ id }) => readHistory(chat, { room, thread: id, limit: 100 })));
  return [...messages, ...threads.flat().filter(({ thread }) => thread !== undefined)];
}
