export { fillFolder, type Filling } from './fill-folder.ts';
export { LiveClient, type ReceivedEvent } from './live-client.ts';
export { memoryWorkspace } from './memory-workspace.ts';
export { type FileToSend, sendFile } from './send-file.ts';
export { storedChatPlugin } from './stored-chat-plugin.ts';
export { storedDocumentsPlugin } from './stored-documents-plugin.ts';
export {
  type AppClient,
  arrive,
  clientOf,
  createTestWorkspace,
  signIn,
  type TestPerson,
  type TestWorkspace,
  type TestWorkspaceOptions,
} from './test-workspace.ts';
export { pagedPlugin, type PagedPluginOptions } from './paged-plugin.ts';
export { type RawAnswer, type RawRequest, rawRequest } from './raw-request.ts';
