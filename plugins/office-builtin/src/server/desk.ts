import { type Bytes, isCapabilityError, newId, type OpenFile, type PluginLog, numberedName } from '@valfri/sdk';
import * as Y from 'yjs';
import type { FileKind } from './kinds/kind.ts';
import type { Member } from './member.ts';
import { Room, type RoomContent } from './room.ts';
import { SaveTimer, type SaveTimes } from './save-timer.ts';
import type { StoredFile, StoredFiles } from './stored-files.ts';

/** What desks share. */
export interface DeskTools {
  readonly stored: StoredFiles;
  readonly log: PluginLog;
  readonly times: SaveTimes;
  bySession(session: string): Promise<OpenFile>;
}

/** A save under way: repeated as it stands until its outcome is known. */
interface Attempt {
  readonly version: string;
  readonly state: Uint8Array;
  readonly upTo: string | undefined;
  readonly bytes: Uint8Array;
  readonly meta: StoredFile['meta'];
}

/** What is known of the file beside what people write. */
interface Known {
  version: string;
  meta: StoredFile['meta'];
  base: Uint8Array;
  /** What was last in the file, as a state. */
  state: Uint8Array;
}

/** One file at work: its room, what is kept of it, and how it gets into the file. */
export class Desk {
  readonly file: string;
  readonly #kind: FileKind;
  readonly #tools: DeskTools;
  readonly #known: Known;
  readonly #room: Room;
  readonly #timer: SaveTimer;
  readonly #emptied: () => void;
  #attempt: Attempt | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(file: string, kind: FileKind, begun: DeskContent, tools: DeskTools & { emptied(): void }) {
    this.file = file;
    this.#kind = kind;
    this.#tools = tools;
    this.#known = { ...begun.known };
    this.#emptied = () => tools.emptied();
    this.#timer = new SaveTimer(tools.times, () => void this.save());
    this.#room = new Room(begun.room, {
      keep: (change) => tools.stored.keep(file, change),
      wanted: (how) => (how === 'now' ? void this.save() : this.#timer.changed()),
      emptied: () => this.#emptied(),
    });
    if (this.#room.dirty) this.#timer.changed();
  }

  /** Takes a file to work: what is kept of it, brought together with what it holds now. */
  static async open(
    file: string,
    kind: FileKind,
    session: string,
    tools: DeskTools & { emptied(): void },
  ): Promise<Desk> {
    const opened = await tools.bySession(session);
    const stored = await tools.stored.load(file);
    if (stored && stored.kind === kind.id) {
      const desk = new Desk(file, kind, contentOf(stored, kind), tools);
      await desk.#recover(opened, stored);
      return desk;
    }
    return new Desk(file, kind, await beginDesk(file, kind, opened, tools.stored), tools);
  }

  get members(): ReadonlySet<Member> {
    return this.#room.members;
  }

  join(member: Member): void {
    this.#room.join(member);
  }

  /** Brings in what others saved meanwhile, where the file is another version by now. */
  async look(session: string): Promise<void> {
    await this.#inTurn(async () => {
      const opened = await this.#tools.bySession(session);
      if ((await opened.stat()).version?.id !== this.#known.version) await this.#absorb(opened);
    });
  }

  /** Saves what is not saved. Whether everything is. */
  save(): Promise<boolean> {
    this.#timer.begun();
    return this.#inTurn(async () => {
      if (!this.#room.dirty) return true;
      this.#room.tellAll('saved', { state: 'saving' });
      const saved = await this.#tried();
      this.#room.tellAll('saved', { state: saved ? (this.#room.dirty ? 'kept' : 'saved') : 'failed' });
      if (!saved || this.#room.dirty) this.#timer.changed();
      return saved;
    });
  }

  stop(): void {
    this.#timer.stop();
    this.#room.stop();
  }

  async #tried(): Promise<boolean> {
    try {
      for (let again = 0; again < 3; again++) {
        const opened = await this.#writer();
        if (!opened) return false;
        const repeated = this.#attempt !== undefined;
        const saved = await this.#savedAs(opened);
        if (saved && !repeated) return true;
        if (!saved) await this.#absorb(opened);
        if (!this.#room.dirty) return true;
      }
    } catch (error) {
      this.#tools.log.warn('A file could not be saved; what was written is kept.', {
        file: this.file,
        error: (error as Error).message,
      });
    }
    return false;
  }

  /** False where the file was changed by others meanwhile. */
  async #savedAs(opened: OpenFile): Promise<boolean> {
    const { stored } = this.#tools;
    const attempt = (this.#attempt ??= await this.#newAttempt());
    const { version, state, upTo, bytes, meta } = attempt;
    if (upTo !== undefined) await stored.saving(this.file, version, upTo);
    try {
      await opened.save(pieces(bytes), { version, ifVersion: this.#known.version });
    } catch (error) {
      if (!isCapabilityError(error)) throw error;
      if (error.code !== 'UNAVAILABLE' && error.code !== 'TIMEOUT') this.#attempt = undefined;
      if (error.code === 'CONFLICT' && error.reason === 'CHANGED') return false;
      throw error;
    }
    this.#attempt = undefined;
    await this.#saved({ version, state, meta }, upTo);
    return true;
  }

  async #newAttempt(): Promise<Attempt> {
    const { state, upTo } = await this.#room.snapshot();
    const { base, meta } = this.#known;
    return { version: newId(), state, upTo, ...(await this.#kind.write({ state, base, meta })) };
  }

  async #saved(known: Omit<Known, 'base'>, upTo: string | undefined): Promise<void> {
    await this.#tools.stored.saved(this.file, { ...known, upTo });
    Object.assign(this.#known, known);
    this.#room.saved(upTo);
  }

  /** Somebody in whose name it can be saved now: who wrote last, whoever is there, whoever was. */
  async #writer(): Promise<OpenFile | undefined> {
    const there = [...this.#room.members].filter(({ mayWrite }) => mayWrite).map(({ session }) => session);
    const sessions = new Set([this.#room.lastWriter, ...there, ...(await this.#tools.stored.writers(this.file))]);
    for (const session of sessions) {
      if (session === undefined) continue;
      try {
        const opened = await this.#tools.bySession(session);
        if (opened.action !== 'view') return opened;
      } catch (error) {
        if (!isCapabilityError(error) || error.code !== 'NOT_FOUND') throw error;
      }
    }
    return undefined;
  }

  /** Brings in what others saved: merged where the kind of file can, else ours is put aside as a copy. */
  async #absorb(opened: OpenFile): Promise<void> {
    const { bytes, version } = await readAll(opened, this.#kind.most);
    const merged = await this.#kind.merge?.({ ...this.#known }, bytes);
    if (merged) {
      const known = { version, state: merged.state, meta: merged.meta };
      await this.#tools.stored.saved(this.file, known);
      Object.assign(this.#known, known);
      this.#room.merge(merged.state);
      this.#room.tellAll('notice', { key: 'merged' });
      return;
    }
    this.#room.shut();
    try {
      const copy = this.#room.dirty ? await this.#putAside(opened) : undefined;
      const { room, known } = await beginDesk(this.file, this.#kind, opened, this.#tools.stored);
      Object.assign(this.#known, known);
      this.#room.restart(room);
      this.#room.tellAll('notice', copy === undefined ? { key: 'changed' } : { key: 'copied', name: copy });
    } catch (error) {
      this.#room.reopen();
      throw error;
    }
  }

  /** What people wrote, as a file beside. Answers its name. */
  async #putAside(opened: OpenFile): Promise<string> {
    const { bytes } = await this.#newAttempt();
    const { name } = await opened.stat();
    const [id, version] = [newId(), newId()];
    for (let number = 2; ; number++) {
      const free = numberedName(name, number);
      try {
        await opened.saveBeside(pieces(bytes), { id, version, name: free });
        return free;
      } catch (error) {
        if (!isCapabilityError(error) || error.reason !== 'NAME_TAKEN' || number > 99) throw error;
      }
    }
  }

  /** What became of a save that the process did not live to see, and of the file meanwhile. */
  async #recover(opened: OpenFile, stored: StoredFile): Promise<void> {
    const now = (await opened.stat()).version?.id;
    const { saving } = stored;
    if (saving && (now === saving.version || (await hasVersion(opened, saving.version)))) {
      const upTo = stored.changes.filter(({ id }) => BigInt(id) <= BigInt(saving.upTo));
      const state = Y.mergeUpdates([stored.state, ...upTo.map(({ change }) => change)]);
      await this.#saved({ version: saving.version, state, meta: stored.meta }, saving.upTo);
    }
    if (now !== this.#known.version) await this.#absorb(opened);
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

interface DeskContent {
  readonly room: RoomContent;
  readonly known: Known;
}

function contentOf({ epoch, version, meta, base, state, changes }: StoredFile, kind: FileKind): DeskContent {
  return {
    room: { epoch, state, meta, changes, base: kind.keepsBase ? base : undefined },
    known: { version, meta, base, state },
  };
}

/** Begins with what a file holds now. What nobody may write is not kept. */
async function beginDesk(file: string, kind: FileKind, opened: OpenFile, stored: StoredFiles): Promise<DeskContent> {
  const { bytes, version } = await readAll(opened, kind.most);
  const begun = await kind.begin(bytes);
  const base = kind.keepsBase ? (begun.base ?? bytes) : new Uint8Array();
  const row = { kind: kind.id, version, meta: begun.meta, base, state: begun.state };
  if (begun.readOnly) await stored.drop(file);
  const epoch = begun.readOnly ? newId() : await stored.begin(file, row);
  return {
    room: { ...begun, epoch, base: kind.keepsBase ? base : undefined },
    known: { version, meta: begun.meta, base, state: begun.state },
  };
}

async function hasVersion(opened: OpenFile, version: string): Promise<boolean> {
  try {
    await opened.read({ version, range: { start: 0, end: 1 } });
    return true;
  } catch {
    return false;
  }
}

async function readAll(opened: OpenFile, most: number): Promise<{ bytes: Uint8Array; version: string }> {
  const { content, version, size } = await opened.read();
  if (size > most) throw new FileTooLong(size);
  const read: Uint8Array[] = [];
  for await (const piece of content) read.push(Uint8Array.from(piece));
  return { bytes: Buffer.concat(read), version };
}

/** A file that is not opened because of its length. */
export class FileTooLong extends Error {
  constructor(size: number) {
    super(`a file of ${size} bytes is too long to be opened here`);
  }
}

async function* pieces(bytes: Uint8Array): Bytes {
  for (let at = 0; at < bytes.length; at += 1_048_576) yield bytes.subarray(at, at + 1_048_576);
}
