import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendWord, documentOf, type TextDocument, textIn } from '../../../scripts/peers/libreoffice.ts';
import { createWopiHost, type OpenedFile, openFor, type WopiHost } from './harness/wopi-host.ts';

let host: WopiHost;
beforeAll(async () => {
  host = await createWopiHost();
});
afterAll(() => host[Symbol.asyncDispose]());

const MEDIA_TYPES = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  odt: 'application/vnd.oasis.opendocument.text',
};

/** What a WOPI client does with one file, from the first request to the last; LibreOffice does the editing. */
async function editInLibreOffice({ url, contents }: OpenedFile, kind: TextDocument, word: string): Promise<Uint8Array> {
  const { client } = host;
  const post = (address: string, override: string, body?: Uint8Array) => {
    const headers = { 'x-wopi-override': override, 'x-wopi-lock': `{"S":"${word}"}` };
    return client.ask(address, { method: 'POST', headers, ...(body ? { body } : {}) });
  };
  const info = (await (await client.ask(url)).json()) as { UserCanWrite: boolean; Size: number };
  expect(info.UserCanWrite).toBe(true);
  expect((await post(url, 'LOCK')).status).toBe(200);
  const before = new Uint8Array(await (await client.ask(contents)).arrayBuffer());
  expect(before).toHaveLength(info.Size);
  const after = await appendWord(before, kind, word);
  expect((await post(contents, 'PUT', after)).status).toBe(200);
  expect((await post(url, 'UNLOCK')).status).toBe(200);
  return after;
}

test.each(['docx', 'odt'] as const)(
  'a .%s is opened, changed by two people one after the other, and saved: every byte, every word',
  async (kind) => {
    const text = 'Nämnden tillstyrker förslaget.';
    const content = await documentOf(text, kind);
    const file = host.files.add({ name: `Yttrande.${kind}`, content, mediaType: MEDIA_TYPES[kind] });
    const first = await editInLibreOffice(await openFor(host, file), kind, 'marsvin');
    expect(Buffer.compare(file.versions[1]!.bytes, first)).toBe(0);
    const second = await editInLibreOffice(await openFor(host, file), kind, 'igelkott');
    expect(Buffer.compare(file.versions[2]!.bytes, second)).toBe(0);
    expect(file.versions).toHaveLength(3);
    expect((await textIn(file.versions[2]!.bytes, kind)).trim()).toContain(`${text} marsvin igelkott`);
    expect(await textIn(file.versions[0]!.bytes, kind)).not.toContain('marsvin');
  },
);
