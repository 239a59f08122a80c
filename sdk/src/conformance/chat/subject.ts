import { type Handle, newId } from '@valfri/core';
import type { chat } from '../../capabilities/chat.ts';
import type { Message, Room } from '../../capabilities/chat-views.ts';
import { readHistory } from '../../testing/read-room.ts';
import type { TestHost } from '../../testing/test-host.ts';

/** The provider under test, and people who use it. */
export type ChatSubject = TestHost<typeof chat>;
type ChatHandle = Handle<typeof chat>;

/** A person, and chat as they use it. */
export interface Actor {
  readonly id: string;
  readonly chat: ChatHandle;
}

/** Somebody whom the provider has never seen. */
export function someone(subject: ChatSubject): Actor {
  const id = newId();
  return { id, chat: subject.as(id) };
}

/** A group of two. */
export async function aGroup(subject: ChatSubject): Promise<{ room: Room; ann: Actor; bo: Actor }> {
  const [ann, bo] = [someone(subject), someone(subject)];
  const { room } = await ann.chat.createRoom({ id: newId(), kind: 'group', name: 'Samråd', people: [bo.id] });
  return { room, ann, bo };
}

/** A message by somebody in a room. */
export async function aMessage(
  actor: Actor,
  room: string,
  given: Partial<Parameters<ChatHandle['sendMessage']>[0]> = {},
): Promise<Message> {
  const { message } = await actor.chat.sendMessage({ id: newId(), room, text: 'Hej på er', ...given });
  return message;
}

/** Every message of a room, oldest first, read page by page from the newest. */
export function wholeHistory({ chat }: Actor, room: string, limit: number): Promise<Message[]> {
  return readHistory(chat, { room, limit });
}

/** Texts of messages. */
export const texts = (messages: readonly Message[]): string[] => messages.map(({ text }) => text);
