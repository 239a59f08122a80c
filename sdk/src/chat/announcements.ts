import type { Announcement } from '@valfri/core';
import type { chat } from '../capabilities/chat.ts';
import type { Message } from '../capabilities/chat-views.ts';
import type { MemberRow, MessageRow, ReactionRow, RoomRow } from './rows.ts';
import type { Change, WorkingSet } from './working-set.ts';

type ChatAnnouncement = Announcement<typeof chat>;

/** What those concerned are told of what changed in a set, in the order in which it can be understood. */
export function announcementsOf(set: WorkingSet): ChatAnnouncement[] {
  return [
    ...set.changes('rooms').flatMap(ofRoom),
    ...set.changes('members').flatMap(ofMember),
    ...set
      .changes('messages')
      .sort((a, b) => a.after.seq - b.after.seq)
      .flatMap(ofMessage),
    ...set.changes('reactions').flatMap(ofReaction),
  ];
}

function ofRoom({ before, after }: Change<'rooms'>): ChatAnnouncement[] {
  if (!before || sameRoom(before, after)) return [];
  const { id, name, topic, archivedAt } = after;
  const data = { room: id, name, topic, ...(archivedAt === null ? {} : { archivedAt }) };
  return [{ type: 'room.changed', data }];
}

function sameRoom(a: RoomRow, b: RoomRow): boolean {
  return a.name === b.name && a.topic === b.topic && a.archivedAt === b.archivedAt;
}

function ofMember({ before, after }: Change<'members'>): ChatAnnouncement[] {
  const { room, person, role } = after satisfies MemberRow;
  const was = before !== undefined && !before.gone;
  if (after.gone) return was ? [{ type: 'member.left', data: { room, person } }] : [];
  if (!was) return [{ type: 'member.joined', data: { room, person, role } }];
  return before.role === role ? [] : [{ type: 'member.changed', data: { room, person, role } }];
}

function ofMessage({ before, after }: Change<'messages'>): ChatAnnouncement[] {
  const { id, room } = after;
  if (!before) return [{ type: 'message.posted', data: { room, message: newMessage(after) } }];
  if (before.text === after.text && before.deletedAt === after.deletedAt) return [];
  return [{ type: 'message.changed', data: { room, message: id, ...reading(after) } }];
}

function ofReaction({ before, after }: Change<'reactions'>): ChatAnnouncement[] {
  const { room, message, person, emoji, gone } = after satisfies ReactionRow;
  if ((before === undefined || before.gone) === gone) return [];
  return [{ type: 'reaction.changed', data: { room, message, person, emoji, on: !gone } }];
}

function reading({
  text,
  mentions,
  editedAt,
  deletedAt,
}: MessageRow): Pick<Message, 'text' | 'mentions' | 'editedAt' | 'deletedAt'> {
  return {
    text,
    mentions: [...mentions],
    ...(editedAt === null ? {} : { editedAt }),
    ...(deletedAt === null ? {} : { deletedAt }),
  };
}

/** A message on which nothing hangs yet, as people see it. */
export function newMessage(row: MessageRow): Message {
  const { id, room, seq, author, sentAt, attachments, replyTo, thread } = row;
  return {
    ...{ id, room, seq, author, sentAt, attachments: [...attachments], reactions: [] },
    ...reading(row),
    ...(replyTo === null ? {} : { replyTo }),
    ...(thread === null ? {} : { thread }),
  };
}
