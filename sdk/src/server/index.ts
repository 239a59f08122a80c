export { ChatStore, type ChatStoreOptions, type ReadOperation } from './chat-store/chat-store.ts';
export { hash64, type Natives } from './chat-store/save.ts';
export { type ChatTables, createChatTables } from './chat-store/tables.ts';
export type { Ingested } from './chat-store/write-queue.ts';
export { emitted, withTopics } from './emit.ts';
export { MemoryChat, type MemoryChatOptions } from './memory-chat.ts';
