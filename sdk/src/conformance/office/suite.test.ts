import { newId, type Provider } from '@valfri/core';
import { describe, expect, test } from 'vitest';
import { office } from '../../capabilities/office.ts';
import { defineManifest, definePlugin, type Plugin } from '../../plugin/plugin.ts';
import type { OpenFile } from '../../plugin/open-files.ts';
import type { PluginContext } from '../../plugin/context.ts';
import { createTestHost } from '../../testing/test-host.ts';
import { officeCases, officeSuite } from './suite.ts';
import type { OfficeHarness, OfficeSubject } from './subject.ts';

/** What a saboteur does otherwise than it ought to. */
type Sabotage = 'blind' | 'deaf' | 'forgetful' | 'greedy' | 'liar' | 'none' | 'stray';

const title = { en: 'Plain text', sv: 'Ren text' };
const manifest = defineManifest({
  ...{ id: 'office-plain', version: '0.1.0', title, description: title, license: 'Apache-2.0' },
  provides: [{ capability: 'office', major: 0 }],
  ui: { directory: 'ui', pages: [{ id: 'editor', title, kind: 'editor', path: 'editor.html' }] },
});
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The smallest editor that there can be: each word that a page sends is appended to a text file. */
function plainOffice(sabotage: Sabotage = 'none'): Plugin {
  return definePlugin({
    manifest,
    server: {
      start: ({ openFiles }: PluginContext<never>) => {
        const sessions = new Map<string, OpenFile>();
        const words = new Map<string, { session: string; word: string }[]>();
        const save = async (file: string): Promise<boolean> => {
          const waiting = words.get(file) ?? [];
          const last = waiting.map(({ session }) => sessions.get(session)!).findLast(({ action }) => action !== 'view');
          if (!last || waiting.length === 0) return true;
          if (sabotage === 'deaf') return true;
          try {
            let before = '';
            for await (const piece of (await last.read()).content) before += new TextDecoder().decode(piece);
            const text = [before, ...waiting.map(({ word }) => word)].join(' ');
            await last.save(once(bytesOf(text)), { version: newId() });
            words.delete(file);
            return true;
          } catch {
            if (sabotage === 'forgetful') words.delete(file);
            return sabotage === 'liar';
          }
        };
        const provider: Provider<typeof office> = {
          features: {},
          operations: {
            async listFormats() {
              const format = { extension: 'txt', mediaType: 'text/plain', creates: true, convertsTo: [] as string[] };
              return { formats: [{ ...format, actions: ['view', 'edit'] }] };
            },
            async openFile({ session, file, action }) {
              if (sabotage !== 'greedy' && (!file.name.endsWith('.txt') || (action !== 'view' && action !== 'edit')))
                throw Object.assign(new Error('no'), { code: 'INVALID', reason: 'FORMAT', field: 'file' });
              if (sabotage !== 'blind') sessions.set(session, await openFiles!.bySession(session));
              return { page: sabotage === 'stray' ? 'elsewhere' : 'editor' };
            },
            async closeSession({ session }) {
              const file = sessions.get(session)?.file;
              if (file) await save(file);
              return {};
            },
            saveFile: async ({ file }) => ({ saved: await save(file) }),
          } as Provider<typeof office>['operations'],
          health: async () => ({ ok: true }),
        };
        return {
          providers: { office: provider },
          connect(channel) {
            channel.onMessage((message) => {
              const open = sessions.get(channel.session);
              if (!open || open.action === 'view') return;
              const waiting = words.get(open.file) ?? [];
              words.set(open.file, [...waiting, { session: open.session, word: new TextDecoder().decode(message) }]);
            });
          },
        };
      },
    },
  });
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

const harnessOf = (sabotage?: Sabotage): OfficeHarness => ({
  name: 'an editor of plain text',
  features: [],
  create: () => createTestHost({ capability: office, plugin: plainOffice(sabotage) }),
  sample: { name: 'a.txt', mediaType: 'text/plain', content: 'Hej' },
  async write(subject: OfficeSubject, session, word) {
    const page = subject.connect({ page: 'editor', session, person: newId() });
    page.say(bytesOf(word));
  },
  holds: (content, word) => new TextDecoder().decode(content).includes(word),
});

officeSuite(harnessOf(), { describe, test });

test.each([
  ['blind', 'a session that there is not'],
  ['deaf', 'when it is told'],
  ['forgetful', 'could not be saved'],
  ['greedy', 'a kind that it has no action for'],
  ['liar', 'could not be saved'],
  ['stray', 'a page of its manifest'],
] as const)('one that is %s does not pass', async (sabotage, caught) => {
  const harness = harnessOf(sabotage);
  const { run } = officeCases(harness).find(({ name }) => name.includes(caught))!;
  await using subject = await harness.create();
  await expect(run(subject as never)).rejects.toThrow();
});
