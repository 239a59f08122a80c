import { inspect } from 'node:util';
import type { Host } from '../host.ts';

/**
 * Takes up the faults of this process that no call waits for: a plugin's timer, a promise that nobody looks at. A
 * rejection leaves nothing half done but what awaited it: it is said, and the host stays up. After something was thrown
 * past everybody the state of what threw is not known: the host stops in order, with 1, for whatever watches over it to
 * start it again.
 * @see https://nodejs.org/api/process.html#warning-using-uncaughtexception-correctly
 */
export class StrayFaults {
  #host: Host | undefined;

  constructor() {
    process.on('unhandledRejection', (error) => this.#say('A promise was rejected that nobody waited for.', error));
    process.on('uncaughtException', (error) => {
      this.#say('Something was thrown that nobody could catch. The host stops, and wants to be started again.', error);
      void this.#leave();
    });
  }

  /** The host is up: faults go to its log, and it is stopped where that must be. */
  watch(host: Host): void {
    this.#host = host;
  }

  async #leave(): Promise<void> {
    try {
      await this.#host?.stop();
    } finally {
      process.exit(1);
    }
  }

  #say(message: string, error: unknown): void {
    if (this.#host) this.#host.services.log.error(message, { error });
    else process.stderr.write(`valfri: ${message} ${inspect(error)}\n`);
  }
}
