import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Does something at once and then again and again, as long as its element is on a page that somebody can see. */
export class Poll implements ReactiveController {
  readonly #every: () => number;
  readonly #run: () => unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param every how long to wait before the next time, in milliseconds; asked anew each time */
  constructor(host: ReactiveControllerHost, every: () => number, run: () => unknown) {
    this.#every = every;
    this.#run = run;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#look);
    this.now();
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#look);
    clearTimeout(this.#timer);
  }

  /** Does it now, and counts from here. */
  now(): void {
    clearTimeout(this.#timer);
    this.#run();
    this.#timer = setTimeout(() => {
      if (!document.hidden) this.now();
    }, this.#every());
  }

  readonly #look = (): void => {
    if (!document.hidden) this.now();
  };
}
