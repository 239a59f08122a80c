import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { type Message, type MessageKind, PieceReader, piecesOf, type Welcome } from './wire.ts';

/** Longest message of the server half's: the file that formats and pictures come from. */
const MOST_HEARD = 256 * 1024 * 1024;

/** How a file is reached: the channel of a page. */
export interface Line {
  send(piece: Uint8Array): void;
}

/** What a page is told of its file. */
export interface SharedFileEvents {
  /** It may be shown: everything that the server half has is there. */
  ready(welcome: Welcome, base: Uint8Array | undefined): void;
  /** Whether all that was written is kept by the server half, and saved. */
  state(saved: 'saved' | 'kept' | 'saving' | 'unsaved' | 'failed'): void;
  notice(key: string, name: string | undefined): void;
  /** What is here is worth nothing any more; the page begins anew. */
  again(): void;
}

/** What the server half says of what it has. */
type KnownState = 'saved' | 'kept' | 'saving' | 'failed';

/** A file that is written together, as a page knows it. */
export class SharedFile {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly #line: Line;
  readonly #events: SharedFileEvents;
  #reader = new PieceReader(MOST_HEARD);
  #welcome: Welcome | undefined;
  #vector: Uint8Array = new Uint8Array();
  #base: Uint8Array | undefined;
  #ready = false;
  #open = false;
  /** How many changes were made here, and how many of them are kept. */
  #made = 0;
  #kept = 0;
  #saved: KnownState = 'saved';

  constructor(line: Line, events: SharedFileEvents) {
    this.#line = line;
    this.#events = events;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#change(update);
    });
    this.awareness.on('update', (_: unknown, origin: unknown) => {
      if (origin === 'local') this.#tellCarets();
    });
  }

  /** The channel is open: it says what it has, and hears what it has not. */
  opened(): void {
    this.#open = true;
    this.#reader = new PieceReader(MOST_HEARD);
    this.#send('hello', this.#welcome ? { epoch: this.#welcome.epoch } : {}, Y.encodeStateVector(this.doc));
  }

  closed(): void {
    this.#open = false;
    const others = [...this.awareness.getStates().keys()].filter((client) => client !== this.doc.clientID);
    removeAwarenessStates(this.awareness, others, this);
    this.#tellState();
  }

  heard(piece: Uint8Array): void {
    const message = this.#reader.take(piece);
    if (message) this.#take(message);
  }

  save(): void {
    this.#send('save');
  }

  #take({ kind, head, body }: Message): void {
    switch (kind) {
      case 'welcome':
        this.#welcome = head as unknown as Welcome;
        this.#vector = body;
        return;
      case 'base':
        this.#base = body;
        return;
      case 'missing':
        return this.#catchUp(body);
      case 'change':
        return Y.applyUpdate(this.doc, body, this);
      case 'kept':
        this.#kept = Math.max(this.#kept, head['count'] as number);
        if (this.#saved === 'saved') this.#saved = 'kept';
        return this.#tellState();
      case 'refused':
        return this.#events.again();
      case 'carets':
        return applyAwarenessUpdate(this.awareness, body, this);
      case 'saved':
        this.#saved = head['state'] as KnownState;
        return this.#tellState();
      case 'notice':
        return this.#events.notice(head['key'] as string, head['name'] as string | undefined);
      case 'again':
        return this.#events.again();
      default:
        return undefined;
    }
  }

  /** What the other has and we have not, and the other way round. */
  #catchUp(missing: Uint8Array): void {
    Y.applyUpdate(this.doc, missing, this);
    if (this.#kept < this.#made) this.#change(Y.encodeStateAsUpdate(this.doc, this.#vector));
    if (this.awareness.getLocalState() !== null) this.#tellCarets();
    if (this.#ready) return;
    this.#ready = true;
    this.#events.ready(this.#welcome!, this.#base);
  }

  #change(update: Uint8Array): void {
    this.#made += 1;
    this.#send('change', { count: this.#made }, update);
    this.#tellState();
  }

  #tellCarets(): void {
    this.#send('carets', {}, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
  }

  #tellState(): void {
    this.#events.state(this.#kept < this.#made ? 'unsaved' : this.#saved);
  }

  #send(kind: MessageKind, head: Message['head'] = {}, body: Uint8Array = new Uint8Array()): void {
    if (this.#open) for (const piece of piecesOf({ kind, head, body })) this.#line.send(piece);
  }
}
