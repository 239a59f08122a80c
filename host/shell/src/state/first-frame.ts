import { signal } from '@preact/signals-core';

/** How long a page that nobody looks at, and which draws nothing, is waited for, in milliseconds. */
const PATIENCE = 500;

const drawn = signal(false);

/** Settles when the first view has been drawn: what nobody sees at once is made after it. */
export const firstFrame = new Promise<void>((resolve) => {
  // A frame is drawn after its own callbacks; the next one's come after that, and a task after both.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
  setTimeout(resolve, PATIENCE);
}).then(() => {
  drawn.value = true;
});

/** Whether the first view has been drawn. An element that asks is drawn again when it has. */
export function firstFrameDrawn(): boolean {
  return drawn.value;
}
