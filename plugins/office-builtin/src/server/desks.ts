import { CapabilityError, type PluginContext } from '@valfri/sdk';
import { Desk, type DeskTools, FileTooLong } from './desk.ts';
import type { FileKind } from './kinds/kind.ts';
import type { Member } from './member.ts';

/** All files at work. */
export class Desks {
  readonly #tools: DeskTools;
  readonly #people: PluginContext['people'];
  readonly #desks = new Map<string, Promise<Desk>>();
  readonly #kindOf: (name: string) => FileKind | undefined;
  #stopped = false;

  constructor(tools: DeskTools, people: PluginContext['people'], kindOf: (name: string) => FileKind | undefined) {
    this.#tools = tools;
    this.#people = people;
    this.#kindOf = kindOf;
  }

  /** Seats a page of somebody's at the file of its session. */
  async seat(member: Member): Promise<void> {
    try {
      const { file, action, person } = await this.#tools.bySession(member.session);
      member.admit((await this.#people.displayName(person)) ?? '', action);
      const desk = await this.#at(file, member.session);
      await desk.look(member.session);
      desk.join(member);
    } catch (error) {
      const again = !(error instanceof FileTooLong) && (error as { code?: string }).code === 'UNAVAILABLE';
      this.#tools.log.warn('A file could not be opened.', { error: (error as Error).message });
      member.close(again);
    }
  }

  /** Saves a file, open or not. Whether everything of it is saved. */
  async save(file: string): Promise<boolean> {
    const open = this.#desks.get(file);
    if (open) return (await open).save();
    const stored = await this.#tools.stored.load(file);
    if (!stored || stored.changes.length === 0) return true;
    return this.#saveLeft(file);
  }

  /** Saves what an earlier process has kept and did not get to save. */
  async saveLeftovers(): Promise<void> {
    for (const file of await this.#tools.stored.unsaved()) if (!this.#stopped) await this.save(file);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const desk of this.#desks.values()) {
      const opened = await desk.catch(() => undefined);
      await opened?.save();
      opened?.stop();
    }
    this.#desks.clear();
  }

  /** Somebody's old session opens it, where one still can. */
  async #saveLeft(file: string): Promise<boolean> {
    for (const session of await this.#tools.stored.writers(file)) {
      try {
        const desk = await this.#at(file, session);
        const saved = await desk.save();
        if (desk.members.size === 0) this.#close(file, desk);
        return saved;
      } catch (error) {
        if ((error as { code?: string }).code !== 'NOT_FOUND') throw error;
      }
    }
    return false;
  }

  #at(file: string, session: string): Promise<Desk> {
    const there = this.#desks.get(file);
    if (there) return there;
    const opening = this.#open(file, session);
    this.#desks.set(file, opening);
    opening.catch(() => this.#desks.delete(file));
    return opening;
  }

  async #open(file: string, session: string): Promise<Desk> {
    const opened = await this.#tools.bySession(session);
    const { name } = await opened.stat();
    const kind = this.#kindOf(name);
    if (!kind)
      throw new CapabilityError('INVALID', 'There is no editor for files of this kind here.', { reason: 'FORMAT' });
    const desk: Desk = await Desk.open(file, kind, session, {
      ...this.#tools,
      emptied: () => void this.#emptied(file, desk),
    });
    return desk;
  }

  /** Everybody has left: it is saved, and put away unless somebody comes meanwhile. */
  async #emptied(file: string, desk: Desk): Promise<void> {
    const saved = await desk.save();
    if (saved && desk.members.size === 0) this.#close(file, desk);
  }

  #close(file: string, desk: Desk): void {
    desk.stop();
    this.#desks.delete(file);
  }
}
