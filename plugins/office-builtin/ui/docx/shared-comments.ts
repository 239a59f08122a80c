import type { Comment } from '@eigenpal/docx-editor-core/types/content';
import type { Doc, Map as SharedMap } from 'yjs';

/** The comments of a document, as everybody has them. */
export class SharedComments {
  readonly #map: SharedMap<Comment>;
  #list: Comment[];

  constructor(doc: Doc) {
    this.#map = doc.getMap<Comment>('comments');
    this.#list = this.#read();
  }

  get list(): Comment[] {
    return this.#list;
  }

  observe(listener: () => void): () => void {
    const changed = () => {
      this.#list = this.#read();
      listener();
    };
    this.#map.observe(changed);
    return () => this.#map.unobserve(changed);
  }

  /** Takes what the editor has made of the list: what is new, changed or gone in it, and nothing else. */
  take(after: readonly Comment[]): void {
    const before = new Map(this.#list.map((comment) => [comment.id, JSON.stringify(comment)]));
    this.#map.doc!.transact(() => {
      for (const comment of after) {
        const now = JSON.stringify(comment);
        if (before.get(comment.id) !== now) this.#map.set(String(comment.id), JSON.parse(now) as Comment);
        before.delete(comment.id);
      }
      for (const id of before.keys()) this.#map.delete(String(id));
    });
  }

  #read(): Comment[] {
    return [...this.#map.values()].sort((a, b) => a.id - b.id);
  }
}
