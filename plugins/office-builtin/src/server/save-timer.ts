/** When what is written gets into the file, in milliseconds. */
export interface SaveTimes {
  /** After the last change. */
  readonly quiet: number;
  /** Between two versions of a file, while it is written. */
  readonly between: number;
}

/** A version soon after the first change, then one a minute: so that a file has versions that people can find their way in. */
export const SAVE_TIMES: SaveTimes = { quiet: 3_000, between: 60_000 };

/** Says when to save. */
export class SaveTimer {
  readonly #times: SaveTimes;
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastBegun = -Infinity;
  #firstChange: number | undefined;

  constructor(times: SaveTimes, due: () => void) {
    this.#times = times;
    this.#due = due;
  }

  changed(): void {
    const now = performance.now();
    this.#firstChange ??= now;
    const quiet = Math.min(now + this.#times.quiet, this.#firstChange + this.#times.between);
    const at = Math.max(quiet, this.#lastBegun + this.#times.between);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#due(), at - now).unref();
  }

  /** A save has begun, whoever wanted it. */
  begun(): void {
    clearTimeout(this.#timer);
    this.#lastBegun = performance.now();
    this.#firstChange = undefined;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
