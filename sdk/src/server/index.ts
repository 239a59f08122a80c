export { ChatStore, type ChatStoreOptions, type ReadOperation } from './chat-store/chat-store.ts';
export { FoldedChat } from './chat-store/folded-chat.ts';
export type { Natives } from './chat-store/save.ts';
export { type ChatTables, createChatRevision, createChatTables } from './chat-store/tables.ts';
export type { ContentStore } from './content/content-store.ts';
export { fileContent, type KnownFile } from './content/file-content.ts';
export { FileContentStore } from './content/files.ts';
export { DocumentStore, type DocumentStoreOptions, type StoreFeature } from './document-store/document-store.ts';
export { createDocumentLocks, createDocumentTables, type DocumentTables } from './document-store/tables.ts';
export { digestOf, hashOf } from './digest-of.ts';
export { emitted, withTopics } from './emit.ts';
export { announcementsOf, newMessage } from '../chat/announcements.ts';
export { applyAll, wantedByRecords } from '../chat/apply.ts';
export { livingOf, recordsOf } from '../chat/records.ts';
export {
  CHAT_TABLES,
  rowKey,
  splitKey,
  type AttachmentRow,
  type ChatRows,
  type ChatTable,
  type MemberRow,
  type MessageRow,
  type ReactionRow,
  type RoomRow,
} from '../chat/rows.ts';
export { chatRules, requireMember, type Rule, type RuledOperation } from '../chat/rules.ts';
export { changesOf, WorkingSet, type Change, type ChatChanges, type Wanted } from '../chat/working-set.ts';
export { MemoryChat, type MemoryChatOptions } from './memory-chat.ts';
export { checkInstanceId, checkManifest, checkSettings } from '../plugin/check-manifest.ts';
export { checkAnnouncement, providerOf } from '../plugin/check-running.ts';
