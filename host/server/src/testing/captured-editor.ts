import { definePlugin, type OfficeFormat, type OpenFiles, type PageChannel, type Plugin } from '@valfri/sdk';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A plugin that does nothing of itself: what it is given can be tried out. */
export interface CapturedEditor {
  readonly plugin: Plugin;
  /** What each of its instances was given. */
  readonly files: Map<string, OpenFiles>;
  readonly opened: { readonly instance: string; readonly session: string; readonly file: { readonly id: string } }[];
  readonly closed: string[];
  readonly channels: PageChannel[];
  /** What `saveFile` answers. */
  saved: boolean;
  savesAsked: number;
  /** Called where a page has opened its channel. */
  onChannel: (channel: PageChannel) => void;
  /** What `openFile` waits for. */
  onOpen: () => Promise<void>;
}

/** Makes an editor for tests of what the host hands to editors. */
export function capturedEditor(
  id: string,
  formats: readonly Partial<OfficeFormat>[],
  page: object = {},
): CapturedEditor {
  const folder = mkdtempSync(join(tmpdir(), 'valfri-editor-'));
  mkdirSync(join(folder, 'ui'));
  writeFileSync(join(folder, 'ui/edit.html'), '<!doctype html><title>Editor</title>');
  const editor: CapturedEditor = {
    ...{ files: new Map(), opened: [], closed: [], channels: [], saved: true, savesAsked: 0 },
    onChannel: () => undefined,
    onOpen: async () => undefined,
    plugin: definePlugin({
      root: pathToFileURL(`${folder}/`),
      manifest: {
        ...{ id, version: '0.1.0', title: { en: 'Editor', sv: 'Redigerare' }, license: 'Apache-2.0' },
        description: { en: 'For tests', sv: 'För prov' },
        provides: [{ capability: 'office', major: 0 }],
        ui: {
          directory: 'ui',
          pages: [{ id: 'edit', kind: 'editor', title: { en: 'Edit', sv: 'Redigera' }, path: 'edit.html', ...page }],
        },
      },
      server: {
        start: ({ instance, openFiles }) => {
          editor.files.set(instance, openFiles!);
          return { providers: { office: providerOf(editor, instance, formats) }, connect: (c) => connected(editor, c) };
        },
      },
    }),
  };
  return editor;
}

function connected(editor: CapturedEditor, channel: PageChannel): void {
  editor.channels.push(channel);
  return editor.onChannel(channel);
}

function providerOf(editor: CapturedEditor, instance: string, formats: readonly Partial<OfficeFormat>[]) {
  const format = { mediaType: 'text/plain', actions: ['view', 'comment', 'edit'], creates: false, convertsTo: [] };
  return {
    features: {},
    operations: {
      listFormats: async () => ({ formats: formats.map((given) => ({ ...format, ...given })) }),
      openFile: async ({ session, file }: { session: string; file: { id: string } }) => {
        await editor.onOpen();
        editor.opened.push({ instance, session, file });
        return { page: 'edit', data: { for: session } };
      },
      closeSession: async ({ session }: { session: string }) => (editor.closed.push(session), {}),
      saveFile: async () => ((editor.savesAsked += 1), { saved: editor.saved }),
    },
  };
}
