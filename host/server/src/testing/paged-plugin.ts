import { definePlugin, type Plugin, type RunningPlugin } from '@valfri/sdk';
import { MemoryChat } from '@valfri/sdk/server';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a {@link pagedPlugin} is made of. */
export interface PagedPluginOptions {
  /** An empty folder, which becomes the plugin's package. */
  readonly folder: string;
  /** Files by their path in the package; those of the page, `setup.html` among them, below `ui/`. */
  readonly files: Readonly<Record<string, string>>;
  /** What `ui` in the manifest says instead. */
  readonly ui?: object;
  readonly ask?: NonNullable<RunningPlugin['ask']>;
}

/** A chat that forgets everything and has a page, for tests of what a page can and cannot do. */
export function pagedPlugin({ folder, files, ui, ask }: PagedPluginOptions): Plugin {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return definePlugin({
    root: pathToFileURL(`${folder}/`),
    manifest: {
      id: 'paged',
      version: '0.1.0',
      title: { en: 'Paged', sv: 'Med sida' },
      description: { en: 'For tests', sv: 'För prov' },
      license: 'Apache-2.0',
      provides: [{ capability: 'chat', major: 0 }],
      ui: (ui as undefined) ?? {
        directory: 'ui',
        pages: [{ id: 'setup', title: { en: 'Set it up', sv: 'Ställ in' }, audience: 'operator', path: 'setup.html' }],
      },
    },
    server: {
      start: () => ({
        providers: { chat: new MemoryChat({ announce: async () => undefined }).provider },
        ...(ask ? { ask } : {}),
      }),
    },
  });
}
