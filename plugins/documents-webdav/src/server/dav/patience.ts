/** Aborts what makes no progress. */
export class Patience implements Disposable {
  readonly #controller = new AbortController();
  readonly #time: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param time how long it may stand still, in milliseconds. */
  constructor(time: number) {
    this.#time = time;
    this.progress();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  progress(): void {
    clearTimeout(this.#timer);
    const stuck = () => this.#controller.abort(new Error(`nothing came or went for ${this.#time / 1_000} s`));
    this.#timer = setTimeout(stuck, this.#time);
    this.#timer.unref();
  }

  /** Pieces on their way to the server: each that it takes is progress. */
  async *sending(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.progress();
      yield piece;
    }
  }

  /** Pieces on their way from the server; whoever reads them may take their time. */
  async *receiving(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      clearTimeout(this.#timer);
      yield piece;
      this.progress();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
