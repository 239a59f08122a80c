import { fileURLToPath } from 'node:url';

/** The built shell, for a workspace to serve. */
export const shellFiles: { readonly directory: string } = {
  directory: fileURLToPath(new URL('../dist', import.meta.url)),
};
