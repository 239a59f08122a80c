import type { DocumentNode } from '@valfri/sdk';
import { ContentError } from '../api.ts';
import { contentUrl } from './actions.ts';

/** How much of a text is fetched at once, in bytes. */
const PART = 256 << 10;

/** Reads a text a part at a time, so that a very long one neither fills the memory nor the wire. */
export class TextReader {
  readonly #node: DocumentNode;
  readonly #part: number;
  /** Keeps a character that is cut in two where a part ends. What the host calls text is UTF-8. */
  readonly #decoder = new TextDecoder();
  #said = '';
  #read = 0;

  /** @param part how much is fetched at once, in bytes. Default: 256 KiB */
  constructor(node: DocumentNode, part = PART) {
    this.#node = node;
    this.#part = part;
  }

  /** How much has been read, in bytes. */
  get read(): number {
    return this.#read;
  }

  /** Reads on. @returns all that has been read. @throws where it cannot be fetched */
  async next(): Promise<string> {
    const { size } = this.#node.version!;
    if (this.#read >= size) return this.#said;
    const headers = { range: `bytes=${this.#read}-${Math.min(size, this.#read + this.#part) - 1}` };
    const answer = await fetch(contentUrl(this.#node.id), { headers });
    if (!answer.ok) throw new ContentError(answer.status, await answer.text());
    const bytes = new Uint8Array(await answer.arrayBuffer());
    this.#read += bytes.length;
    this.#said += this.#decoder.decode(bytes, { stream: this.#read < size });
    return this.#said;
  }
}
