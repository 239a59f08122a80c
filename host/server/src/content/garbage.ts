import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much content may pass before what it has left in memory is cleared away, in bytes. */
const EVERY = 4 << 20;

type Collect = (options: { readonly type: 'minor' }) => void;

let collect: Collect | undefined;
let passed = 0;

/**
 * Notes that content has passed through memory. Each piece leaves a buffer outside the heap. Left to itself, the engine
 * looks through all of the heap for every few dozen megabytes of them, tens of milliseconds each time, which halves the
 * speed of uploads. Looking through what is young takes one, and that is where the buffers are.
 */
export function notePassed(bytes: number): void {
  passed += bytes;
  if (passed < EVERY) return;
  passed = 0;
  collect ??= exposed();
  collect({ type: 'minor' });
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
