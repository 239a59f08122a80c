export { ChatStore, type ChatStoreOptions, type ReadOperation } from './chat-store/chat-store.ts';
export { FoldedChat } from './chat-store/folded-chat.ts';
export { hash64, type Natives } from './chat-store/save.ts';
export { type ChatTables, createChatTables } from './chat-store/tables.ts';
export type { Ingested } from './chat-store/write-queue.ts';
export { emitted, withTopics } from './emit.ts';
export type { RuledOperation } from '../chat/rules.ts';
export type { AttachmentRow, ChatRows, MemberRow, MessageRow, ReactionRow, RoomRow } from '../chat/rows.ts';
export type { Change, ChatChanges } from '../chat/working-set.ts';
