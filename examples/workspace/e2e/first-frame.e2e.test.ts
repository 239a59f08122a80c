import { newId } from '@valfri/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { twoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;

beforeAll(async () => {
  people = await twoPeople();
});
afterAll(() => people[Symbol.asyncDispose]());

/** For each frame that had messages in view: where their upper edges stood, in pixels, by their ids. */
type Frames = readonly Readonly<Record<string, number>>[];

/** Keeps where messages stand, in each frame from the first. */
function watchFrames(): void {
  const frames: Record<string, number>[] = [];
  Object.assign(globalThis, { frames });
  const look = () => {
    const log = document.querySelector('main .log')?.getBoundingClientRect();
    const seen: Record<string, number> = {};
    for (const row of document.querySelectorAll<HTMLElement>('main article[data-key]')) {
      const { top, bottom } = row.getBoundingClientRect();
      if (log && bottom > log.top && top < log.bottom) seen[row.dataset['key']!] = Math.round(top);
    }
    if (Object.keys(seen).length > 0) frames.push(seen);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** A room with messages of one line, of many, with a quotation, and of two authors. */
async function roomWith(count: number): Promise<{ room: string; last: string }> {
  const room = newId();
  let last = '';
  await people.bo.api.chat.createRoom.mutate({ id: room, kind: 'group', name: 'Stilla', people: [people.anna.id] });
  for (let i = 1; i <= count; i++) {
    const { api } = i % 3 === 0 ? people.anna : people.bo;
    const replyTo = i % 4 === 0 ? last : undefined;
    last = newId();
    const text = i % 5 === 0 ? `**Nummer ${i}** med mycket att säga. `.repeat(12) : `Nummer ${i}.`;
    await api.chat.sendMessage.mutate({ id: last, room, text, ...(replyTo ? { replyTo } : {}) });
  }
  return { room, last };
}

for (const [count, width] of [
  [60, 1280],
  [60, 360],
  [3, 1280],
] as const)
  test(`what the first frame shows of ${count} messages stays where it is at ${width} px`, async () => {
    const { room, last } = await roomWith(count);
    const { page, context } = await people.open(people.anna, '/sign-in', { width });
    await page.addInitScript(watchFrames);
    await page.goto(`${people.host.url}/chat/${room}`);
    const frames = () => page.evaluate(() => (globalThis as unknown as { frames: Frames }).frames);
    await expect.poll(async () => (await frames()).length).toBeGreaterThan(30);
    const [first, ...later] = await frames();
    expect(first).toHaveProperty(last);
    for (const frame of later) expect(frame).toEqual(first);
    await context.close();
  });
