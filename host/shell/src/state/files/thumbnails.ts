import type { DocumentNode } from '@valfri/sdk';
import { contentUrl } from './actions.ts';

/** The longest side of a thumbnail, in pixels: twice what is shown, for fine screens. */
const SIDE = 320;

/** Pictures larger than this, in bytes, are not fetched to be shown small. */
const LARGEST = 25 << 20;

/** How many are kept. */
const KEPT = 400;

/** How many are made at once. */
const AT_ONCE = 3;

const made = new Map<string, Promise<string | undefined>>();
const waiting: (() => void)[] = [];
let working = 0;

/** The address of a small form of a picture; `undefined` where none can be made. Made once for each version. */
export function thumbnail({ id, version }: DocumentNode): Promise<string | undefined> {
  if (!version || version.size > LARGEST) return Promise.resolve(undefined);
  const known = made.get(version.id);
  if (known) return known;
  const making = inTurn(() => make(id, version.mediaType)).catch(() => undefined);
  made.set(version.id, making);
  forgetOldest();
  return making;
}

async function make(file: string, mediaType: string): Promise<string | undefined> {
  const answer = await fetch(contentUrl(file));
  if (!answer.ok) return undefined;
  const content = await answer.blob();
  // What is drawn by lines is small as it is, and has no pixels to be made fewer.
  if (mediaType === 'image/svg+xml') return URL.createObjectURL(content);
  return URL.createObjectURL(await shrunk(content));
}

async function shrunk(content: Blob): Promise<Blob> {
  const whole = await createImageBitmap(content);
  const scale = Math.min(1, SIDE / Math.max(whole.width, whole.height));
  const canvas = new OffscreenCanvas(Math.ceil(whole.width * scale), Math.ceil(whole.height * scale));
  canvas.getContext('2d')!.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  working += 1;
  try {
    return await work();
  } finally {
    working -= 1;
    // What was asked for last is what is looked at now.
    waiting.pop()?.();
  }
}

function forgetOldest(): void {
  const [oldest] = made;
  if (made.size <= KEPT || !oldest) return;
  made.delete(oldest[0]);
  void oldest[1].then((url) => url && URL.revokeObjectURL(url));
}
