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
