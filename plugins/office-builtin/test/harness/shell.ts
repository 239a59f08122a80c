import { newId } from '@valfri/sdk';
import type { OfficeSubject } from '@valfri/sdk/conformance';
import type { MemoryFile, TestPage } from '@valfri/sdk/testing';
import type { FileState } from '@valfri/sdk/ui';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Frame, Page } from 'playwright-core';

const UI = fileURLToPath(new URL('../../dist/ui', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** What the host says of a page of the kind `editor` that sets styles as text. */
const POLICY = [
  'sandbox allow-scripts',
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data: blob:`,
  `font-src 'self' data:`,
  `media-src 'self' blob:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ');

const SHELL = `<!doctype html><html lang="en"><title>Shell</title>
<style>html,body,iframe{margin:0;border:0;width:100%;height:100%}</style><body><script>
let port;
const waiting = [];
window.start = ({ url, handover }) => {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'Editor';
  frame.src = url;
  frame.onload = () => {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => {
      if (data.kind === 'open-channel') window.openChannel();
      else if (data.kind === 'send') window.say(btoa(Array.from(data.data, (b) => String.fromCharCode(b)).join('')));
      else if (data.kind === 'file-state') window.told(data);
    };
    frame.contentWindow.postMessage(handover, '*', [channel.port2]);
  };
  document.body.append(frame);
};
window.deliver = (message) => {
  if (message.bytes) message = { kind: 'message', data: Uint8Array.from(atob(message.bytes), (c) => c.charCodeAt(0)) };
  port.postMessage(message);
};
</script></body></html>`;

/** A place that serves the pages as the host does, each test on a port of its own. */
export async function servePages(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url!, 'http://x').pathname;
    if (!request.headers.host?.startsWith('office.')) return response.setHeader('content-type', 'text/html').end(SHELL);
    try {
      const content = await readFile(join(UI, path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.setHeader('content-security-policy', POLICY);
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('cross-origin-resource-policy', 'cross-origin');
      return response.end(content);
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** Who opens what, and how. */
export interface OpenFrameOptions {
  readonly subject: OfficeSubject;
  readonly browser: Browser;
  readonly url: string;
  readonly file: MemoryFile;
  readonly action?: 'view' | 'edit';
  readonly language?: 'sv' | 'en';
  readonly theme?: 'light' | 'dark' | 'contrast';
}

/** Somebody's browser with a file open, and a shell around it that does what the real one does. */
export interface OpenFrame {
  readonly page: Page;
  readonly frame: Frame;
  /** What the page told last of its file. */
  readonly state: FileState;
  /** Faults so far: errors, breaches of the policy, requests to anybody else. */
  readonly faults: readonly string[];
  cut(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file in a frame as the shell does. */
export async function openFrame(options: OpenFrameOptions): Promise<OpenFrame> {
  const { subject, browser, url, file, action = 'edit', language = 'sv', theme = 'light' } = options;
  const person = newId();
  const { id: session } = subject.files.open(file.id, { person, action });
  const { id: version, mediaType, bytes } = file.versions.at(-1)!;
  const about = { id: file.id, name: file.name, mediaType, size: bytes.length, version };
  const answer = await subject.as(person).openFile({ session, file: about, action, language, theme });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const faults = watch(page, new URL(url).port);
  let state: FileState = { saved: 'saved' };
  let line: TestPage | undefined;
  const deliver = (message: object) =>
    page.evaluate((given) => (globalThis as unknown as ShellPage).deliver(given), message);
  await page.exposeFunction('told', (told: FileState) => void (state = told));
  await page.exposeFunction('say', (said: string) => line?.say(Buffer.from(said, 'base64')));
  const connect = async () => {
    line = subject.connect({ page: answer.page, session, person });
    await deliver({ kind: 'channel', open: true });
    let last = Promise.resolve();
    line.onMessage(
      (piece) =>
        (last = last.then(() => deliver({ bytes: Buffer.from(piece).toString('base64') })).catch(() => undefined)),
    );
  };
  await page.exposeFunction('openChannel', connect);
  await page.goto(url);
  const name = `Person ${person.slice(-4)}`;
  const opened = { session, file: about, action, person: { id: person, name }, data: null };
  const handover = { valfri: 1, language, theme, opened };
  const own = url.replace('localhost', 'office.localhost');
  await page.evaluate((given) => (globalThis as unknown as ShellPage).start(given), {
    url: `${own}/${answer.page}.html`,
    handover,
  });
  await page.waitForSelector('iframe');
  const frame = page.frames().find((each) => each !== page.mainFrame())!;
  return {
    page,
    frame,
    faults,
    get state() {
      return state;
    },
    async cut() {
      line?.leave();
      await deliver({ kind: 'channel', open: false });
      await connect();
    },
    async close() {
      await context.close();
      line?.leave();
    },
  };
}

interface ShellPage {
  start(given: object): void;
  deliver(message: object): void;
}

function watch(page: Page, port: string): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) faults.push(`policy: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, port: asked } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== port) faults.push(`foreign: ${request.url()}`);
  });
  return faults;
}
