export {
  ChatWriters,
  type ChatWritersOptions,
  type TimedWrite,
  type WritingChat,
  type WritingPerson,
  type WritingReport,
} from './chat-writers.ts';
export type { MemoryFile, MemorySession, MemoryVersion, NewMemoryFile } from './memory-file.ts';
export { MemoryFiles, type MemorySessionOptions } from './memory-files.ts';
export { TestPage, type TestPageOptions } from './test-page.ts';
export { memoryChatPlugin } from './memory-chat-plugin.ts';
export { createTestDatabase, startTestServer, type TestDatabase } from './test-database.ts';
export { createTestHost, type TestHost, type TestHostOptions } from './test-host.ts';
export { readRoom } from './read-room.ts';
export { Random } from './random.ts';
export { MemoryOffice } from './memory-office.ts';
export { type MemoryOfficeOptions, memoryOfficePlugin } from './memory-office-plugin.ts';
