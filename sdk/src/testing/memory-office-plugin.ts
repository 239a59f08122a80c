import { CapabilityError } from '@valfri/core';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OfficeFormat } from '../capabilities/office.ts';
import type { OpenFiles } from '../plugin/open-files.ts';
import { defineManifest, definePlugin, type Plugin, type RunningPlugin } from '../plugin/plugin.ts';
import { MemoryOffice } from './memory-office.ts';

/** How a {@link memoryOfficePlugin} is to be. */
export interface MemoryOfficeOptions {
  /** Id of the plugin. Default: `memory-office`. */
  readonly id?: string;
  /** What it opens. Default: text files. */
  readonly formats?: readonly OfficeFormat[];
  /** Default: `editor`. */
  readonly kind?: 'editor' | 'vendor';
  /** How long after a change it saves, in milliseconds. Default: 200. */
  readonly saveAfter?: number;
  /** Called with each one that is put to work. */
  readonly started?: (office: MemoryOffice) => void;
}

const PLAIN: readonly OfficeFormat[] = ['txt', 'md'].map((extension) => ({
  extension,
  mediaType: extension === 'md' ? 'text/markdown' : 'text/plain',
  actions: ['view', 'edit'],
  creates: extension === 'txt',
  convertsTo: [],
}));

/**
 * An editor for tests: one text that all share who have a file open, in a page of its own. It keeps in memory what it has not
 * saved.
 */
export function memoryOfficePlugin(options: MemoryOfficeOptions = {}): Plugin {
  const { id = 'memory-office', formats = PLAIN, kind = 'editor', saveAfter = 200 } = options;
  return definePlugin({
    root: pathToFileURL(`${packageWith(FILES)}/`),
    manifest: defineManifest({
      id,
      version: '0.1.0',
      title: { en: 'Text editor', sv: 'Textredigerare' },
      description: { en: 'For tests', sv: 'För prov' },
      license: 'Apache-2.0',
      provides: [{ capability: 'office', major: 0 }],
      people: ['displayName'],
      ui: {
        directory: 'ui',
        pages: [{ id: 'text', kind, title: { en: 'Text', sv: 'Text' }, path: 'text.html' }],
      },
    }),
    server: {
      start({ openFiles, log }): RunningPlugin {
        const office = new MemoryOffice({ files: openFiles ?? NO_FILES, formats, saveAfter, log });
        options.started?.(office);
        return office;
      },
    },
  });
}

const NO_FILES: OpenFiles = {
  bySession: async () => {
    throw new CapabilityError('NOT_FOUND', 'There are no files here.', { field: 'session' });
  },
};

function packageWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'valfri-office-'));
  mkdirSync(join(folder, 'ui'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'ui', name), text);
  return folder;
}

const FILES = {
  'text.html': `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Text</title>
  <link rel="stylesheet" href="text.css" />
  <script type="module" src="text.js"></script>
  <textarea aria-label="Text"></textarea>
</html>
`,
  'text.css': `html, body { height: 100%; margin: 0 }
textarea { box-sizing: border-box; width: 100%; height: 100%; border: 0; padding: 16px; font: 16px/1.5 sans-serif }
[data-theme='dark'] textarea { background: #111; color: #eee }
`,
  'text.js': `import { connectToShell } from '/valfri-ui.js';

const shell = await connectToShell();
const field = document.querySelector('textarea');
const bytes = (message) => new TextEncoder().encode(JSON.stringify(message));
let changed = false;
field.readOnly = shell.opened.action !== 'edit';
if (field.readOnly) shell.tell({ saved: 'saved', note: 'Read-only' });
shell.addEventListener('message', ({ data }) => {
  const { text, saved } = JSON.parse(new TextDecoder().decode(data));
  if (text !== undefined && field.value !== text) field.value = text;
  if (saved) {
    changed = changed && saved !== 'saved';
    shell.tell({ saved });
  }
});
shell.addEventListener('channel', () => {
  if (shell.channelOpen) shell.send(bytes(changed ? { text: field.value } : {}));
});
field.addEventListener('input', () => {
  changed = true;
  shell.tell({ saved: 'unsaved' });
  shell.send(bytes({ text: field.value }));
});
field.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' || event.key === 'F6') shell.leave();
  if ((event.ctrlKey || event.metaKey) && event.key === 's') {
    event.preventDefault();
    shell.send(bytes({ save: true }));
  }
});
shell.addEventListener('command', ({ detail }) => {
  if (detail === 'save') shell.send(bytes({ save: true }));
  if (detail === 'focus') field.focus();
});
shell.openChannel();
`,
};
