import type { PortableRecord } from '../portability.ts';

const SIZE = 25;

/** A few records of each kind, each one seen as likely to be among them as any other (reservoir sampling). */
export class Sample {
  readonly #kinds = new Map<string, { readonly keys: string[]; seen: number }>();
  /** How often the sample was found to differ. */
  suspicions = 0;

  get types(): readonly string[] {
    return [...this.#kinds.keys()];
  }

  keysOf(type: string): readonly string[] {
    return this.#kinds.get(type)?.keys ?? [];
  }

  take(records: readonly PortableRecord[]): void {
    for (const { type, key } of records) {
      const kind = this.#kinds.get(type) ?? { keys: [], seen: 0 };
      this.#kinds.set(type, kind);
      kind.seen += 1;
      if (kind.keys.length < SIZE) kind.keys.push(key);
      else {
        const place = Math.floor(Math.random() * kind.seen);
        if (place < SIZE) kind.keys[place] = key;
      }
    }
  }
}
