import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import type { Doc } from 'yjs';

/** Who writes where: what pages tell each other of their carets. */
export class Carets {
  readonly #awareness: Awareness;
  readonly #owners = new Map<number, object>();

  constructor(doc: Doc) {
    this.#awareness = new Awareness(doc);
    this.#awareness.setLocalState(null);
  }

  /**
   * Takes what a member tells. Whether it may go on to the others: a member speaks for itself alone, and by the name that
   * the host knows.
   */
  take(member: { readonly name: string }, update: Uint8Array): boolean {
    const told = statesIn(update);
    if (!told) return false;
    for (const { client, state } of told) {
      const owner = this.#owners.get(client);
      if (owner !== undefined && owner !== member) return false;
      if (state !== null && (state as { user?: { name?: unknown } }).user?.name !== member.name) return false;
    }
    for (const { client } of told) this.#owners.set(client, member);
    applyAwarenessUpdate(this.#awareness, update, member);
    return true;
  }

  /** What a page that comes has to know; absent where nobody is there. */
  all(): Uint8Array | undefined {
    const clients = [...this.#awareness.getStates().keys()];
    return clients.length > 0 ? encodeAwarenessUpdate(this.#awareness, clients) : undefined;
  }

  /** Takes a member's carets away. What the others have to know of it, if anything. */
  leave(member: object): Uint8Array | undefined {
    const clients = [...this.#owners].filter(([, owner]) => owner === member).map(([client]) => client);
    for (const client of clients) this.#owners.delete(client);
    const shown = clients.filter((client) => this.#awareness.getStates().has(client));
    if (shown.length === 0) return undefined;
    removeAwarenessStates(this.#awareness, shown, member);
    return encodeAwarenessUpdate(this.#awareness, shown);
  }

  stop(): void {
    this.#awareness.destroy();
  }
}

function statesIn(update: Uint8Array): readonly { readonly client: number; readonly state: unknown }[] | undefined {
  try {
    const decoder = createDecoder(update);
    return Array.from({ length: Math.min(readVarUint(decoder), 64) }, () => {
      const client = readVarUint(decoder);
      readVarUint(decoder);
      return { client, state: JSON.parse(readVarString(decoder)) as unknown };
    });
  } catch {
    return undefined;
  }
}
