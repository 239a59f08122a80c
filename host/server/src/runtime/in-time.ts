/** What {@link inTime} settles with where nothing came in time. */
export const LATE: unique symbol = Symbol('late');

/** Waits for something, but no longer than so many milliseconds. What comes later is left to whoever began it. */
export async function inTime<T>(work: Promise<T>, patience: number): Promise<T | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Waits for something as long as there are signs that it goes on: no longer than so many milliseconds after the last one. */
export async function whileAlive<T>(
  work: Promise<T>,
  patience: number,
  lastSign: () => number,
): Promise<T | typeof LATE> {
  for (;;) {
    const settled = await inTime(work, Math.max(1, lastSign() + patience - Date.now()));
    if (settled !== LATE || lastSign() + patience <= Date.now()) return settled;
  }
}
