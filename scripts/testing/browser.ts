import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from './find-browser.ts';

/** Chromium looks up its maker's hosts by itself: here it finds only this machine. */
const flags = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
];

/** Starts a browser without a window. */
export function launchBrowser(): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: findBrowser(), args: [...flags, ...sandbox] });
}

/** What a page did that it must not do. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Faults so far: errors, violations of the policy, requests to anybody else. */
  readonly faults: readonly string[];
}

/** How a page is opened. */
export interface OpenOptions {
  readonly url: string;
  /** The session's cookie, as `name=value`. */
  readonly cookie?: string;
  readonly locale?: 'sv-SE' | 'en-GB';
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Hosts that it may ask beside its own: those of the frames that belong there. */
  readonly beside?: readonly string[];
}

/** Opens a page of a browser of its own, signed in where a cookie is given, and watches it. */
export async function openPage(browser: Browser, options: OpenOptions): Promise<Watched> {
  const { url, cookie, locale = 'sv-SE', width = 1280, height = 800, colorScheme = 'light', beside = [] } = options;
  const context = await browser.newContext({
    locale,
    viewport: { width, height },
    colorScheme,
    timezoneId: 'Europe/Stockholm',
  });
  const { origin, hostname, host: own } = new URL(url);
  const known = new Set([own, ...beside]);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  if (cookie) {
    const at = cookie.indexOf('=');
    await context.addCookies([
      {
        name: cookie.slice(0, at),
        value: cookie.slice(at + 1),
        domain: hostname,
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'Lax',
      },
    ]);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted ?Type/i.test(message.text())) faults.push(`policy: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && !known.has(host)) faults.push(`foreign: ${request.url()}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) faults.push(`foreign: ${socket.url()}`);
  });
  return { page, context, faults };
}
