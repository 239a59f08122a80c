import type { Browser, CDPSession } from 'playwright-core';

/** What stands between the page and the host. Throughput in bytes a second, latency in milliseconds a round trip. */
export const conditions = {
  local: { slowdown: 1, network: undefined },
  /** About a phone of the middle class on a slow mobile network. */
  slow: { slowdown: 4, network: { latency: 150, throughput: (1.6 * 1024 * 1024) / 8 } },
} as const;

/** What one load with empty caches took. */
export interface Load {
  /** From the beginning of the navigation until the message was in a frame that was drawn. */
  readonly firstMessageMs: number;
  /** Script and style, as they were sent. */
  readonly bytes: number;
}

/** What to load. */
export interface LoadRequest {
  readonly url: string;
  readonly cookie: string;
  /** Id of the message that is waited for. */
  readonly message: string;
  readonly under: keyof typeof conditions;
}

/** Loads a page once, in a context of its own. */
export async function loadOnce(browser: Browser, { url, cookie, message, under }: LoadRequest): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const [name, value] = cookie.split(/=(.*)/) as [string, string];
  const place = { domain: new URL(url).hostname, path: '/' };
  await context.addCookies([{ name, value, ...place, secure: true, httpOnly: true, sameSite: 'Lax' }]);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await slowDown(session, under);
  const sizes = await countBytes(session);
  await page.addInitScript(watchFor, `[data-key="${message}"]`);
  await page.goto(url, { waitUntil: 'commit' });
  const firstMessageMs = await page.evaluate(
    () => (globalThis as unknown as { firstMessage: Promise<number> }).firstMessage,
  );
  await page.waitForLoadState('networkidle');
  await context.close();
  return { firstMessageMs, bytes: sizes() };
}

/** Runs in the page: notes when the first frame after it is there is done. */
function watchFor(selector: string): void {
  (globalThis as unknown as { firstMessage: Promise<number> }).firstMessage = new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector(selector)) return void requestAnimationFrame(look);
      requestAnimationFrame(() => resolve(performance.now()));
    };
    look();
  });
}

async function slowDown(session: CDPSession, under: keyof typeof conditions): Promise<void> {
  const { slowdown, network } = conditions[under];
  if (slowdown > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  if (!network) return;
  const { latency, throughput } = network;
  await session.send('Network.enable');
  const both = { downloadThroughput: throughput, uploadThroughput: throughput };
  await session.send('Network.emulateNetworkConditions', { offline: false, latency, ...both });
}

async function countBytes(session: CDPSession): Promise<() => number> {
  const counted = new Set<string>();
  let bytes = 0;
  await session.send('Network.enable');
  session.on('Network.responseReceived', ({ type, requestId }) => {
    if (type === 'Script' || type === 'Stylesheet') counted.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (counted.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}
