/**
 * What pages and the server half say to each other over the channel: a kind, a head of JSON, and bytes. A message that is
 * longer than the channel carries goes in pieces, in order and with nothing in between.
 */
export interface Message {
  readonly kind: MessageKind;
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

/**
 * From a page: `hello` (head: `epoch`, if it knew one; body: its state vector), `change` (head: `count`), `carets`,
 * `save`. From the server half: `welcome` (head: {@link Welcome}; body: its state vector), `base` (the file that formats
 * and pictures come from), `missing` (what the page has not got), `change`, `kept` (head: `count`), `refused` (head:
 * `count`), `carets`, `saved` (head: `state`), `notice` (head: `key`, `name`), `again` (the page begins anew).
 */
export const MESSAGE_KINDS = [
  'hello',
  'welcome',
  'base',
  'missing',
  'change',
  'kept',
  'refused',
  'carets',
  'save',
  'saved',
  'notice',
  'again',
] as const;
/** What a message is. */
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Why a file cannot be written in the page. */
export type ReadOnlyReason = 'rights' | 'size' | 'binary' | 'loss';

/** What a page is told first. */
export interface Welcome {
  readonly epoch: string;
  /** Absent where the person may write. */
  readonly readOnly?: ReadOnlyReason;
  /** What would be lost of the file if all of it were written. */
  readonly losses?: readonly string[];
  /** Ids of the paragraphs that therefore stay as they are. */
  readonly locked?: readonly string[];
}

const PIECE = 1_000_000;

/** A message as the pieces that go over the channel. */
export function piecesOf({ kind, head, body }: Message): Uint8Array[] {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const whole = new Uint8Array(5 + json.length + body.length);
  whole[0] = MESSAGE_KINDS.indexOf(kind);
  new DataView(whole.buffer).setUint32(1, json.length);
  whole.set(json, 5);
  whole.set(body, 5 + json.length);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += PIECE) {
    const piece = whole.subarray(at, at + PIECE);
    const framed = new Uint8Array(piece.length + 1);
    framed[0] = at + PIECE < whole.length ? 1 : 0;
    framed.set(piece, 1);
    pieces.push(framed);
  }
  return pieces;
}

/** Puts pieces together again. */
export class PieceReader {
  readonly #most: number;
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** @param most bytes of one message */
  constructor(most: number) {
    this.#most = most;
  }

  /** The message that a piece completes. @throws where it is none, or too long */
  take(piece: Uint8Array): Message | undefined {
    this.#size += piece.length;
    if (piece.length === 0 || this.#size > this.#most) throw new Error('a message is empty or too long');
    this.#pieces.push(piece.subarray(1));
    if (piece[0] === 1) return undefined;
    const whole = joined(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    return messageOf(whole);
  }
}

function messageOf(whole: Uint8Array): Message {
  const kind = MESSAGE_KINDS[whole[0]!];
  if (!kind || whole.length < 5) throw new Error('a message is of no kind');
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(1);
  if (5 + length > whole.length) throw new Error('a message ends in its head');
  const head: unknown = JSON.parse(new TextDecoder().decode(whole.subarray(5, 5 + length)));
  if (typeof head !== 'object' || head === null) throw new Error('a head is no object');
  return { kind, head: head as Message['head'], body: whole.slice(5 + length) };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
