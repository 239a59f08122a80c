import { readUpTo, roomById, unreadIn } from '../../state/chat/rooms.ts';
import type { TimelineState } from '../../state/chat/timeline.ts';

/** What is new to the reader of a room: from what they had read when they came to what they have seen arrive since. In a thread nothing is. */
export class News {
  /** How many messages had not been read when the reader came. */
  readonly count: number;
  #readUpTo: number;
  /** Whether the first new message has been in view, or need not be. */
  #firstSeen: boolean;
  /** What was shown as a whole when the list was last drawn; what is there at first did not arrive under the reader's eyes. */
  #epoch = -1;
  /** Whether the first one stood above what had been read in when the list was last drawn. */
  #wasAbove = false;

  constructor(id: string, thread?: string) {
    const room = roomById(id);
    this.count = room ? unreadIn(room) : 0;
    this.#readUpTo = thread === undefined ? readUpTo(id) : Infinity;
    this.#firstSeen = thread !== undefined;
  }

  /** Later places in the room are new. */
  get readUpTo(): number {
    return this.#readUpTo;
  }

  /** Whether the first new message stands further up than what has been read in. */
  isAbove({ messages, hasBefore }: TimelineState): boolean {
    return hasBefore && messages.length > 0 && messages[0]!.seq > this.#readUpTo;
  }

  /** What arrives while the reader looks on is not new to them; `marked` where a row is shown as the first new one. */
  follow(state: TimelineState, { looking, marked }: { readonly looking: boolean; readonly marked: boolean }): void {
    const nothingNew = !marked && !this.#wasAbove;
    const arrived = state.epoch === this.#epoch;
    this.#wasAbove = this.isAbove(state);
    this.#epoch = state.epoch;
    if (!arrived || !looking || state.hasAfter || !nothingNew) return;
    this.#readUpTo = Math.max(this.#readUpTo, state.messages.at(-1)?.seq ?? 0);
  }

  /** Whether the first new message stands above what is in view and has not been there; `first` is its row, -1 if there is none. */
  isUnseenAbove(state: TimelineState, first: number, startIndex: number): boolean {
    if (this.#firstSeen) return false;
    if (first === -1) return this.isAbove(state);
    this.#firstSeen = first >= startIndex;
    return !this.#firstSeen;
  }

  /** The reader goes to the first new message. */
  seen(): void {
    this.#firstSeen = true;
  }
}
