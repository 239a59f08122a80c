/** How long after a letter the next belongs to it, in milliseconds. */
const PAUSE = 900;

/** What is typed over a list, to go to what is called so. */
export class Typed {
  #said = '';
  #last = 0;

  /** What has been typed without a pause. */
  get said(): string {
    return performance.now() - this.#last < PAUSE ? this.#said : '';
  }

  /** Takes a key in, where it is a letter. @returns whether it was */
  take({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if ([...key].length !== 1 || ctrlKey || metaKey || altKey) return false;
    this.#said = this.said + key;
    this.#last = performance.now();
    return true;
  }
}
