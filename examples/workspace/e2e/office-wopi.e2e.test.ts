import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@valfri/sdk';
import { rawRequest } from '@valfri/server/testing';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workspace } from '../src/workspace.ts';
import { twoPeople, type TwoPeople } from './two-people.ts';

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

interface Shell {
  readonly heard: object[];
  tell(message: object): void;
}

/** Frames a page as the shell does, and keeps what it says; the channel to the server half is played. */
function frame({ src, opened: given }: { readonly src: string; readonly opened: unknown }): void {
  const made = document.createElement('iframe');
  made.src = src;
  const heard_: object[] = [];
  const { port1, port2 } = new MessageChannel();
  const tell = (message: object) =>
    port1.postMessage({ kind: 'message', data: new TextEncoder().encode(JSON.stringify(message)) });
  Object.assign(globalThis, { heard: heard_, tell });
  port1.onmessage = ({ data }) => {
    if (data.kind === 'open-channel') port1.postMessage({ kind: 'channel', open: true });
    const said = data.kind === 'send' ? JSON.parse(new TextDecoder().decode(data.data)) : undefined;
    heard_.push(said ? { said } : data);
    if (said?.kind === 'here') tell({ kind: 'go' });
  };
  const knock = () =>
    made.contentWindow!.postMessage({ valfri: 1, language: 'sv', theme: 'light', opened: given }, '*', [port2]);
  made.addEventListener('load', knock, { once: true });
  document.body.replaceChildren(made);
}

let people: TwoPeople;
const client = new Client();
beforeAll(async () => {
  const clientUrl = await client.listen();
  people = await twoPeople({
    ...workspace,
    instances: [...workspace.instances, { id: 'wopi', plugin: 'office-wopi', settings: { clientUrl } }],
    bindings: [...workspace.bindings, { capability: 'office', instance: 'wopi' }],
  });
}, 60_000);
afterAll(async () => {
  client.close();
  await people[Symbol.asyncDispose]();
});

const heard = (page: Page) => page.evaluate(() => (globalThis as unknown as Shell).heard);
const until = (page: Page, kind: object) =>
  expect.poll(() => heard(page), { timeout: 8_000 }).toContainEqual(expect.objectContaining(kind));

async function aText(text: string): Promise<string> {
  const { cookie, api } = people.anna;
  const home = (await api.documents.getHome.mutate({})).node.id;
  const [upload, id] = [newId(), newId()];
  const send = (method: string, path: string, headers: Record<string, string>, body: string) =>
    rawRequest(`${people.host.url}/content/${path}`, { method, headers: { cookie, ...headers }, body });
  await send('POST', `uploads/${upload}`, { 'upload-length': String(text.length) }, '');
  const piece = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  await send('PATCH', `uploads/${upload}`, piece, text);
  const input = { id, version: newId(), parent: home, name: `${id}.txt`, mediaType: 'text/plain' };
  await send('POST', 'documents/createFile', { 'content-type': 'application/json' }, JSON.stringify({ upload, input }));
  return id;
}

/** Opens a file, and its page within a shell. */
async function opened(
  file: string,
): Promise<{ readonly page: Page; readonly editor: Frame; readonly session: string }> {
  const opening = await people.anna.api.office.open.mutate({ file, language: 'sv', theme: 'light' });
  const { port } = new URL(people.host.url);
  const clientHost = new URL((opening.data as { url: string }).url).host;
  const beside = [`wopi.localhost:${port}`, clientHost];
  const { page, faults } = await people.open(people.anna, '/files', { beside });
  await page.evaluate(frame, { src: opening.page.url!, opened: opening });
  await page.frameLocator('iframe').frameLocator('iframe').getByLabel('text').waitFor();
  expect(faults).toEqual([]);
  const editor = page.frames().find((frame) => frame.url().startsWith(`http://${clientHost}`))!;
  return { page, editor, session: opening.session };
}

test('a document is opened in the WOPI client’s own window, changed, and saved through the host', async () => {
  const file = await aText('Hej');
  const { page, editor } = await opened(file);
  await until(page, { kind: 'file-state', saved: 'saved' });
  expect(await editor.title()).toBe('Host_PostmessageReady');
  expect(await editor.getByLabel('text').inputValue()).toBe('Hej');
  expect(editor.url()).not.toContain(client.token);
  await editor.getByLabel('text').fill('Hej då');
  await until(page, { kind: 'file-state', saved: 'kept' });
  await page.evaluate(() => (globalThis as unknown as Shell).tell({ kind: 'save', id: 7 }));
  await until(page, { said: { kind: 'saved', id: 7, saved: true } });
  const versions = await people.anna.api.documents.listVersions.query({ file });
  expect(versions.versions).toHaveLength(2);
  const info = (await (await client.wopi()).json()) as Record<string, unknown>;
  expect(info).toMatchObject({ BaseFileName: `${file}.txt`, Size: 7, UserFriendlyName: 'Anna Ek', UserCanWrite: true });
});

test('when the session is taken back, the client that goes on is told so, and the page says it', async () => {
  const file = await aText('Hej');
  const { page, editor, session } = await opened(file);
  await until(page, { kind: 'file-state', saved: 'saved' });
  await people.host.operator.api.office.revoke.mutate({ session });
  await editor.getByLabel('text').fill('För sent');
  await page.evaluate(() => (globalThis as unknown as Shell).tell({ kind: 'save', id: 8 }));
  await until(page, { said: { kind: 'saved', id: 8, saved: false } });
  await until(page, { kind: 'file-state', saved: 'failed', note: expect.stringContaining('kunde inte spara') });
  expect((await client.wopi()).status).toBe(404);
});

test('the page hears its client alone, and no more than it knows', async () => {
  const { page, editor } = await opened(await aText('Hej'));
  await until(page, { kind: 'file-state', saved: 'saved' });
  const before = (await heard(page)).length;
  await page.evaluate(() => {
    const forged = JSON.stringify({ MessageId: 'Session_Closed' });
    document.querySelector('iframe')!.contentWindow!.postMessage(forged, '*');
  });
  await editor.evaluate(() => {
    for (const nonsense of ['x', '{}', 'null', '{"MessageId":"constructor"}', '{"MessageId":"__proto__"}', '[1]'])
      parent.postMessage(nonsense, '*');
    parent.postMessage({ MessageId: 'Doc_ModifiedStatus', Values: null }, '*');
  });
  await expect.poll(async () => (await heard(page)).slice(before)).toEqual([{ kind: 'file-state', saved: 'saved' }]);
});
