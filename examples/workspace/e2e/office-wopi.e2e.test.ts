import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@valfri/sdk';
import { sendFile } from '@valfri/server/testing';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople, withoutOffice } from './two-people.ts';

/** What a WOPI client’s window says to its host, and does when it is told to save. */
const EDITOR = `<!doctype html><title>Editor</title><textarea aria-label="text"></textarea><script type="module">
  const say = (MessageId, Values = {}) => parent.postMessage(JSON.stringify({ MessageId, Values }), '*');
  const text = document.querySelector('textarea');
  text.value = await (await fetch('/text')).text();
  text.addEventListener('input', () => say('Doc_ModifiedStatus', { Modified: true }));
  addEventListener('message', async ({ data }) => {
    const { MessageId } = JSON.parse(data);
    document.title = MessageId;
    if (MessageId !== 'Action_Save') return;
    const { ok } = await fetch('/save', { method: 'POST', body: text.value });
    say('Action_Save_Resp', { success: ok });
  });
  say('App_LoadingStatus', { Status: 'Document_Loaded' });
</script>`;

/** A WOPI client of one document. */
class Client {
  readonly #server: Server;
  /** What the form brought, and which file it is about. */
  token = '';
  src = '';
  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.writeHead(500).end());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  wopi(rest = '', init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.src}${rest}?access_token=${this.token}`, init);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams, origin } = new URL(request.url!, `http://${request.headers.host}`);
    const body = await bodyOf(request);
    if (pathname === '/hosting/discovery')
      response.end(
        `<wopi-discovery><net-zone><app name="text"><action ext="txt" name="edit" urlsrc="${origin}/cool.html?"/></app></net-zone></wopi-discovery>`,
      );
    else if (pathname === '/cool.html') {
      this.src = searchParams.get('WOPISrc')!;
      this.token = new URLSearchParams(body).get('access_token') ?? '';
      const headers = { 'x-wopi-override': 'LOCK', 'x-wopi-lock': 'one' };
      await this.wopi('', { method: 'POST', headers });
      response.writeHead(200, { 'content-type': 'text/html' }).end(EDITOR);
    } else if (pathname === '/text') response.end(await (await this.wopi('/contents')).text());
    else {
      const headers = { 'x-wopi-override': 'PUT', 'x-wopi-lock': 'one' };
      const { status } = await this.wopi('/contents', { method: 'POST', headers, body });
      response.writeHead(status).end();
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

let people: TwoPeople;
const client = new Client();
let clientUrl: string;
beforeAll(async () => {
  clientUrl = await client.listen();
  people = await twoPeople({
    ...withoutOffice,
    instances: [...withoutOffice.instances, { id: 'wopi', plugin: 'office-wopi', settings: { clientUrl } }],
    bindings: [...withoutOffice.bindings, { capability: 'office', instance: 'wopi' }],
  });
}, 60_000);
afterAll(async () => {
  client.close();
  await people[Symbol.asyncDispose]();
});

const aText = async (bytes: string): Promise<string> => {
  const home = (await people.anna.api.documents.getHome.mutate({})).node.id;
  return (await sendFile(people.host.url, people.anna, { parent: home, name: `${newId()}.txt`, bytes })).id;
};
const versions = async (file: string) => (await people.anna.api.documents.listVersions.query({ file })).versions.length;
const save = (file: string) =>
  people.host.services(async ({ office, kernel, people: who }) => {
    const standing = await who.standing(people.anna.id);
    return office.saved(kernel.instances.get('wopi')!, file, standing!);
  });
const state = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** Opens a file in the shell, and finds the WOPI client’s window in the plugin’s page. */
async function opened(file: string): Promise<{ readonly page: Page; readonly editor: Frame }> {
  const beside = [`wopi.localhost:${new URL(people.host.url).port}`, new URL(clientUrl).host];
  const { page } = await people.open(people.anna, `/edit/${file}`, { beside });
  await page.frameLocator('vf-editor-frame iframe').frameLocator('iframe').getByLabel('text').waitFor();
  await state(page, 'Sparat');
  return { page, editor: page.frames().find((frame) => frame.url().startsWith(clientUrl))! };
}

test('a document is opened in the WOPI client’s own window, changed, and saved when the host wants it', async () => {
  const file = await aText('Hej');
  const { page, editor } = await opened(file);
  expect(await editor.title()).toBe('Host_PostmessageReady');
  expect(await editor.getByLabel('text').inputValue()).toBe('Hej');
  expect(editor.url()).not.toContain(client.token);
  await editor.getByLabel('text').fill('Hej då');
  await state(page, 'Sparar …');
  expect(await save(file)).toBe(true);
  await state(page, 'Sparat');
  expect(await versions(file)).toBe(2);
  const info = (await (await client.wopi()).json()) as Record<string, unknown>;
  expect(info).toMatchObject({
    ...{ Size: 7, UserFriendlyName: 'Anna Ek', UserCanWrite: true, HostEditUrl: `${people.host.url}/edit/${file}` },
    PostMessageOrigin: `http://wopi.localhost:${new URL(people.host.url).port}`,
  });
}, 60_000);

test('a client that goes on after the session was taken back saves nothing, and the shell closes its window', async () => {
  const file = await aText('Hej');
  const { page } = await opened(file);
  const [session] = await people.host.operator.api.office.sessions.query();
  await people.host.operator.api.office.revoke.mutate({ session: session!.id });
  await page.getByText('Filen har stängts av den som sköter driften.').waitFor();
  const headers = { 'x-wopi-override': 'PUT', 'x-wopi-lock': 'one' };
  const answer = await client.wopi('/contents', { method: 'POST', headers, body: 'För sent' });
  expect([answer.status, await versions(file)]).toEqual([404, 1]);
}, 60_000);

test('the page hears its client alone, and no more than it knows', async () => {
  const { page, editor } = await opened(await aText('Hej'));
  await page.evaluate(() => {
    const forged = JSON.stringify({ MessageId: 'Session_Closed' });
    document.querySelector('iframe')!.contentWindow!.postMessage(forged, '*');
  });
  await editor.evaluate(() => {
    for (const nonsense of ['x', '{}', 'null', '{"MessageId":"constructor"}', '{"MessageId":"__proto__"}', '[1]'])
      parent.postMessage(nonsense, '*');
    parent.postMessage({ MessageId: 'Doc_ModifiedStatus', Values: { Modified: true } }, '*');
  });
  await state(page, 'Sparar …');
  await editor.evaluate(() => parent.postMessage({ MessageId: 'Doc_ModifiedStatus', Values: null }, '*'));
  await state(page, 'Sparat');
}, 60_000);

test('what was put through the host’s route as a stream is there as it was sent, larger than any buffer', async () => {
  const file = await aText('Hej');
  await opened(file);
  const piece = Buffer.alloc(1 << 20, 'ä');
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ === 24) return controller.close();
      controller.enqueue(Uint8Array.from(piece));
    },
  });
  const headers = { 'x-wopi-override': 'PUT', 'x-wopi-lock': 'one' };
  const put = await client.wopi('/contents', { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  expect(put.status).toBe(200);
  const back = Buffer.from(await (await client.wopi('/contents')).arrayBuffer());
  expect([back.length, back.equals(Buffer.concat(Array.from({ length: 24 }, () => piece)))]).toEqual([24 << 20, true]);
}, 60_000);
