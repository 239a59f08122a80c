import * as Y from 'yjs';
import type { Message, MessageKind, Welcome } from '../shared/wire.ts';
import { Carets } from './carets.ts';
import { Keeper } from './keeper.ts';
import type { Begun } from './kinds/kind.ts';
import type { Member } from './member.ts';

/** What a room begins with. */
export interface RoomContent extends Omit<Begun, 'base'> {
  readonly epoch: string;
  /** Bytes that pages need beside the shared document; absent where they do not. */
  readonly base?: Uint8Array | undefined;
  /** What is kept beyond the state, and where the last of it stands. */
  readonly changes?: readonly { readonly id: string; readonly change: Uint8Array }[];
}

/** What a room asks of whoever keeps and saves. */
export interface RoomDuties {
  keep(change: Uint8Array): Promise<string>;
  /** Something was written, or somebody wants it saved now. */
  wanted(how: 'soon' | 'now'): void;
  emptied(): void;
}

/** One file as the people who have it open write it: the shared document, and who is there. */
export class Room {
  readonly members = new Set<Member>();
  readonly #duties: RoomDuties;
  #content!: RoomContent;
  #doc!: Y.Doc;
  #carets!: Carets;
  #keeper!: Keeper;
  /** Who wrote last: in whose name it is saved. */
  lastWriter: string | undefined;
  /** While what was written is put aside nothing more is taken. */
  #shut = false;

  constructor(content: RoomContent, duties: RoomDuties) {
    this.#duties = duties;
    this.#take(content);
  }

  get readOnly(): boolean {
    return this.#content.readOnly !== undefined;
  }

  /** Whether something was written that is not saved. */
  get dirty(): boolean {
    return this.#keeper.last !== undefined || !this.#keeper.idle;
  }

  /** All that was written so far, once it is kept, and the id of its last change. */
  async snapshot(): Promise<{ readonly state: Uint8Array; readonly upTo: string | undefined }> {
    await this.#keeper.flush();
    return { state: Y.encodeStateAsUpdate(this.#doc), upTo: this.#keeper.last };
  }

  /** What was saved up to a change; whether something has been written since. */
  saved(upTo: string | undefined): void {
    if (this.#keeper.last === upTo) this.#keeper.last = undefined;
  }

  join(member: Member): void {
    this.members.add(member);
    member.listen({ hear: (message) => this.#hear(member, message), gone: () => this.#leave(member) });
  }

  tellAll(kind: MessageKind, head: Message['head'] = {}): void {
    for (const member of this.members) member.tell(kind, head);
  }

  /** Adds what others saved meanwhile. */
  merge(state: Uint8Array): void {
    const before = Y.encodeStateVector(this.#doc);
    Y.applyUpdate(this.#doc, state);
    this.#spread(Y.encodeStateAsUpdate(this.#doc, before));
  }

  /** Takes nothing more until {@link Room.restart}. */
  shut(): void {
    this.#shut = true;
  }

  reopen(): void {
    this.#shut = false;
  }

  /** Begins anew with other content; pages forget what they had. */
  restart(content: RoomContent): void {
    this.stop();
    this.#take(content);
    this.tellAll('again');
  }

  stop(): void {
    this.#keeper.stop();
    this.#carets.stop();
    this.#doc.destroy();
  }

  #take(content: RoomContent): void {
    this.#content = content;
    this.#shut = false;
    this.#doc = new Y.Doc();
    Y.applyUpdate(this.#doc, content.state);
    for (const { change } of content.changes ?? []) Y.applyUpdate(this.#doc, change);
    this.#carets = new Carets(this.#doc);
    this.#keeper = new Keeper((change) => this.#duties.keep(change));
    this.#keeper.last = content.changes?.at(-1)?.id;
  }

  #hear(member: Member, { kind, head, body }: Message): void {
    if (kind === 'hello') return this.#welcome(member, head, body);
    if (kind === 'carets') {
      if (this.#carets.take(member, body)) this.#toOthers(member, 'carets', body);
      return undefined;
    }
    if (kind === 'change') return this.#change(member, head, body);
    if (kind === 'save' && member.mayWrite) this.#duties.wanted('now');
    return undefined;
  }

  #welcome(member: Member, { epoch }: Message['head'], vector: Uint8Array): void {
    const { base, readOnly, meta } = this.#content;
    if (epoch !== undefined && epoch !== this.#content.epoch) return member.tell('again');
    const why = readOnly ?? (member.mayWrite ? undefined : 'rights');
    const { losses, locked } = meta as Pick<Welcome, 'losses' | 'locked'>;
    const welcome: Welcome = {
      epoch: this.#content.epoch,
      ...(why && { readOnly: why }),
      ...(losses && { losses }),
      ...(locked && { locked }),
    };
    member.tell('welcome', { ...welcome }, Y.encodeStateVector(this.#doc));
    if (base && epoch === undefined) member.tell('base', {}, base);
    member.tell('missing', {}, Y.encodeStateAsUpdate(this.#doc, vector.length > 0 ? vector : undefined));
    const carets = this.#carets.all();
    if (carets) member.tell('carets', {}, carets);
    member.tell('saved', { state: this.dirty ? 'kept' : 'saved' });
    return undefined;
  }

  #change(member: Member, { count }: Message['head'], change: Uint8Array): void {
    if (!member.mayWrite || this.readOnly || this.#shut) return member.tell('refused', { count });
    Y.applyUpdate(this.#doc, change);
    this.lastWriter = member.session;
    this.#toOthers(member, 'change', change);
    this.#keeper.add(change, () => member.tell('kept', { count }));
    this.#duties.wanted('soon');
    return undefined;
  }

  #spread(change: Uint8Array): void {
    for (const member of this.members) member.tell('change', {}, change);
    this.#keeper.add(change, () => undefined);
  }

  #toOthers(sender: Member, kind: MessageKind, body: Uint8Array): void {
    for (const member of this.members) if (member !== sender) member.tell(kind, {}, body);
  }

  #leave(member: Member): void {
    if (!this.members.delete(member)) return;
    const gone = this.#carets.leave(member);
    if (gone) for (const each of this.members) each.tell('carets', {}, gone);
    if (this.members.size === 0) this.#duties.emptied();
  }
}
