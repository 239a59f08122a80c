/** Numbers that a seed decides (Mulberry32), so that what went wrong can be run again. */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed a 32-bit number. Default: another one each time, or VALFRI_SEED of the environment. */
  constructor(seed = Number(process.env['VALFRI_SEED'] ?? (Math.random() * 2 ** 32) >>> 0)) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, at least 0 and below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** One of a list. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
