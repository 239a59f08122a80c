export { LiveClient, type ReceivedEvent } from './live-client.ts';
export {
  type AppClient,
  arrive,
  clientOf,
  createTestWorkspace,
  type TestPerson,
  type TestWorkspace,
  type TestWorkspaceOptions,
} from './test-workspace.ts';
export { type RawAnswer, type RawRequest, rawRequest } from './raw-request.ts';
