import { narrow } from './viewport.ts';

const touch = matchMedia('(pointer: coarse)');

/** Whether a field that takes the focus calls up a keyboard, which covers half of the page. */
export function touched(): boolean {
  return touch.matches;
}

/** Whether a field may take the focus without having been asked to. */
export function roomToWrite(): boolean {
  return !touched() && !narrow.peek();
}
