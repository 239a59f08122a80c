import { memoryChatPlugin } from '@valfri/sdk/testing';
import type { Workspace } from '../workspace.ts';

/** A workspace whose chat forgets everything when it stops: enough for whatever is not about a provider. */
export const memoryWorkspace: Workspace = {
  name: 'Prov',
  plugins: [memoryChatPlugin()],
  instances: [{ id: 'memory', plugin: 'chat-memory' }],
  bindings: [{ capability: 'chat', instance: 'memory' }],
};
