import { CapabilityError, type Instance, isCapabilityError, type Kernel, newId } from '@valfri/core';
import { type DocumentNode, homeFolderId, office, type OfficeAction, type Role } from '@valfri/sdk';
import type { Hub } from '../live/hub.ts';
import type { Log } from '../log.ts';
import type { OfferedPage } from '../pages/plugin-pages.ts';
import type { Standing } from '../people/people.ts';
import type { CallServices } from '../router/call-operation.ts';
import { DocumentsCalls } from './documents-calls.ts';
import { type Candidates, callerOf, editorHandle, type Editors } from './editors.ts';
import { type EditingSession, type EditingSessions, isOpen } from './editing-sessions.ts';
import type { SessionAccess } from './session-access.ts';

/** What the office works with. */
export interface OfficeOptions {
  readonly kernel: Kernel;
  readonly documents: CallServices;
  readonly sessions: EditingSessions;
  readonly access: SessionAccess;
  readonly editors: Editors;
  readonly hub: Pick<Hub, 'deliver'>;
  /** The pages of an instance. */
  readonly pagesOf: (instance: string) => readonly OfferedPage[];
  readonly log: Log;
}

/** Somebody who opens a file, and how they see things. */
export interface OpenRequest {
  readonly standing: Standing;
  /** What their sign-in is known by. */
  readonly signIn: string;
  readonly file: string;
  /** Default: the most that they may do. */
  readonly action?: OfficeAction | undefined;
  readonly language: 'sv' | 'en';
  readonly theme: 'light' | 'dark' | 'contrast';
  readonly with?: string | undefined;
}

/** A file that was opened. */
export interface OpenedSession {
  readonly session: EditingSession;
  readonly page: OfferedPage & { readonly url: string };
  readonly data: unknown;
  readonly file: DocumentNode;
}

/** Why a session is not open. */
export type Ended = 'closed' | 'revoked' | 'rights' | 'moved';

/** How long somebody waits while the function is being moved, in milliseconds. */
const FENCE_PATIENCE = 25_000;
/** How long an editor may take to save what it holds of a file that another is to open, in milliseconds. */
const SAVING = 10_000;

const MOST: Readonly<Record<Role, OfficeAction>> = {
  viewer: 'view',
  commenter: 'comment',
  editor: 'edit',
  owner: 'edit',
};

/** Opens files in editors, and knows who has which one open. */
export class Office {
  readonly #options: OfficeOptions;
  readonly #listeners = new Set<(sessions: readonly EditingSession[]) => void>();

  constructor(options: OfficeOptions) {
    this.#options = options;
  }

  /** Calls a function with sessions whose file is open no more. */
  onEnded(listener: (sessions: readonly EditingSession[]) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Opens a file: with the editor that somebody has it open in already, else with the one that is chosen for it.
   * @throws NOT_FOUND, INVALID with `FORMAT`, DENIED, UNAVAILABLE; FENCED where a move took too long.
   */
  async open(request: OpenRequest): Promise<OpenedSession> {
    const { standing, file: id } = request;
    const { node, above } = await this.#look(standing, id);
    if (!node.version) throw new CapabilityError('INVALID', 'file: is a folder.', { field: 'file' });
    const may = MOST[node.role];
    const asked = { extension: extensionOf(node.name), may, wanted: request.action ?? 'edit', with: request.with };
    for (const deadline = Date.now() + FENCE_PATIENCE; ;) {
      const { kernel, editors } = this.#options;
      const { bindings } = kernel;
      const candidates = await this.#afterSaving(id, await editors.candidates(standing, asked), standing);
      // Who serves may have changed since it was looked up: then it is looked up anew.
      const begun = await this.#begin(request, candidates, () => kernel.bindings === bindings);
      if (!('session' in begun)) {
        await begun.fenced?.fence.opened(Math.max(1, deadline - Date.now()));
        continue;
      }
      try {
        const opened = await this.#show(begun.session, begun.instance, { node, request, standing });
        await this.#tellEditors(node, above);
        return opened;
      } finally {
        begun.instance.fence.leave();
      }
    }
  }

  async #look(standing: Standing, node: string) {
    return new DocumentsCalls(this.#options.documents, standing).call('get', { node });
  }

  /** What another editor than the chosen one holds of the file is saved first; where it cannot be, it stays with that one. */
  async #afterSaving(file: string, candidates: Candidates, standing: Standing): Promise<Candidates> {
    const last = await this.#options.sessions.lastOn(file);
    const instance = last === undefined ? undefined : this.#options.kernel.instances.get(last);
    if (!instance || candidates.preferred[0]?.instance === last) return candidates;
    if (await this.saved(instance, file, standing)) return candidates;
    const action = candidates.able.get(instance.id);
    return action ? { ...candidates, preferred: [{ instance: instance.id, action }] } : candidates;
  }

  /** Has an editor save what it holds of a file; false where it could not. */
  async saved(instance: Instance, file: string, standing: Standing, patience: number = SAVING): Promise<boolean> {
    try {
      return (await editorHandle(instance, callerOf(standing)).saveFile({ file }, { timeout: patience })).saved;
    } catch (error) {
      this.#options.log.warn('An editor did not save what it holds.', { instance: instance.id, error });
      return false;
    }
  }

  /** Makes the session, and enters the fence of its editor with it. */
  async #begin(
    { standing, signIn, file }: OpenRequest,
    candidates: Candidates,
    holds: () => boolean,
  ): Promise<
    { readonly session: EditingSession; readonly instance: Instance } | { readonly fenced: Instance | undefined }
  > {
    const { sessions, kernel } = this.#options;
    let entered: Instance | undefined;
    let fenced: Instance | undefined;
    let overtaken = false;
    try {
      const session = await sessions.begin({ id: newId(), person: standing.id, file, signIn }, (inUse) => {
        const chosen = choose(candidates, inUse);
        const instance = kernel.instances.get(chosen.instance);
        if (!instance) throw unavailable(chosen.instance);
        if (!instance.fence.tryEnter()) throw ((fenced = instance), new Error('fenced'));
        entered = instance;
        if (!holds()) throw ((overtaken = true), new Error('overtaken'));
        return chosen;
      });
      return { session, instance: entered! };
    } catch (error) {
      entered?.fence.leave();
      if (fenced || overtaken) return { fenced };
      throw error;
    }
  }

  /** Has the provider prepare the session; one that it cannot is as if it had not been. */
  async #show(
    session: EditingSession,
    instance: Instance,
    {
      node,
      request,
      standing,
    }: {
      readonly node: DocumentNode;
      readonly request: Pick<OpenRequest, 'language' | 'theme'>;
      readonly standing: Standing;
    },
  ): Promise<OpenedSession> {
    try {
      const { page: named, data } = await this.#prepare(session, instance, { node, request, standing });
      const page = this.#pageOf(instance.id, named);
      await this.#options.sessions.show(session.id, page.id);
      return { session: { ...session, page: page.id }, page, data, file: node };
    } catch (error) {
      await this.#options.sessions.revoke([session.id]);
      throw error;
    }
  }

  async #prepare(
    { id, action }: EditingSession,
    instance: Instance,
    {
      node,
      request,
      standing,
    }: {
      readonly node: DocumentNode;
      readonly request: Pick<OpenRequest, 'language' | 'theme'>;
      readonly standing: Standing;
    },
  ) {
    const { mediaType, size, id: version } = node.version!;
    const file = { id: node.id, name: node.name, mediaType, size, version };
    const { language, theme } = request;
    const handle = editorHandle(instance, callerOf(standing));
    const answer = office.operations.openFile.output.safeParse(
      await handle.openFile({ session: id, file, action, language, theme }),
    );
    const fits = answer.success && Buffer.byteLength(JSON.stringify(answer.data.data ?? null)) <= 64 << 10;
    if (fits) return answer.data;
    throw fault('The editor answered openFile with something else than its contract says.');
  }

  #pageOf(instance: string, id: string): OfferedPage & { readonly url: string } {
    const page = this.#options.pagesOf(instance).find((known) => known.id === id && known.kind !== 'page');
    if (!page) throw fault(`The editor has no page "${id}" that shows a file.`);
    if (page.url !== undefined) return page as OfferedPage & { readonly url: string };
    throw new CapabilityError('UNAVAILABLE', 'There is no domain for pages of plugins. Tell whoever runs the server.', {
      reason: 'NO_DOMAIN',
    });
  }

  /**
   * Hears of a session: it stays open as long as this is called, and its person may do with the file what it is for.
   * @throws NOT_FOUND where it is no session of this sign-in.
   */
  async beat(id: string, holder: { readonly standing: Standing; readonly signIn: string }): Promise<Ended | undefined> {
    const session = await this.own(id, holder);
    if (session.revokedAt !== undefined) return 'revoked';
    if (!isOpen(session) && !session.silent) return 'closed';
    if (!this.#options.kernel.instances.get(session.instance)) return undefined;
    if (!(await this.#stillMay(session, holder.standing))) {
      await this.revoke([session]);
      return 'rights';
    }
    if (isOpen(session)) return void (await this.#options.sessions.seen(id));
    return (await this.#revived(session, holder.standing)) ? undefined : 'moved';
  }

  /** A session of a sign-in. @throws NOT_FOUND */
  async own(
    id: string,
    { standing, signIn }: { readonly standing: Standing; readonly signIn: string },
  ): Promise<EditingSession> {
    const session = await this.#options.sessions.get(id);
    if (session?.person === standing.id && session.signIn === signIn) return session;
    throw new CapabilityError('NOT_FOUND', 'There is no such session.', { field: 'session' });
  }

  /** One that fell silent, a laptop asleep say, is opened again, where it was. */
  async #revived(session: EditingSession, standing: Standing): Promise<boolean> {
    const instance = this.#options.kernel.instances.get(session.instance);
    if (!instance || !(await this.#options.sessions.revive(session))) return false;
    const { node, above } = await this.#look(standing, session.file);
    await this.#prepare(session, instance, { node, request: { language: 'sv', theme: 'light' }, standing });
    await this.#tellEditors(node, above);
    return true;
  }

  /** Only what is known to be taken away is: a provider of documents that is down takes nothing from anybody. */
  async #stillMay(session: EditingSession, standing: Standing): Promise<boolean> {
    try {
      const { node } = await this.#look(standing, session.file);
      return mayAct(node.role, session.action);
    } catch (error) {
      return !isCapabilityError(error) || (error.code !== 'NOT_FOUND' && error.code !== 'DENIED');
    }
  }

  /** Closes sessions: what is not saved yet the editor saves. */
  async close(ids: readonly string[], given: { readonly silent?: boolean } = {}): Promise<void> {
    await this.#ended(await this.#options.sessions.close(ids, given));
  }

  /** Takes sessions away, with all that their editor could still do in their name. */
  async revoke(sessions: readonly EditingSession[]): Promise<void> {
    await this.#ended(await this.#options.sessions.revoke(sessions.map(({ id }) => id)));
  }

  async #ended(sessions: readonly EditingSession[]): Promise<void> {
    for (const listener of this.#listeners) listener(sessions);
    await Promise.all(sessions.map((session) => this.#tellClosed(session)));
  }

  async #tellClosed(session: EditingSession): Promise<void> {
    const { kernel, access, log } = this.#options;
    const instance = kernel.instances.get(session.instance);
    const standing = await access.standingOf(session.person);
    const caller = standing ? callerOf(standing) : { person: session.person, organisation: '' };
    try {
      if (instance) await editorHandle(instance, caller).closeSession({ session: session.id });
    } catch (error) {
      log.warn('An editor could not close a session.', { instance: session.instance, error });
    }
    const found = standing && (await this.#look(standing, session.file).catch(() => undefined));
    if (found) await this.#tellEditors(found.node, found.above);
  }

  /** Closes what fell silent, and revokes what was left open by whoever may not be here any more. */
  async sweep(): Promise<void> {
    const { sessions, access } = this.#options;
    const stale = await sessions.stale();
    await this.close(
      stale.map(({ id }) => id),
      { silent: true },
    );
    const gone: EditingSession[] = [];
    for (const session of await sessions.open()) if (!(await access.standingIn(session))) gone.push(session);
    await this.revoke(gone);
  }

  /** Looks anew at what somebody may do with what they have open; everybody, where nobody is named. */
  async recheck(person?: string): Promise<void> {
    const { sessions, access } = this.#options;
    const open = await sessions.open(person === undefined ? {} : { person });
    const gone: EditingSession[] = [];
    for (const session of open) {
      const standing = await access.standingIn(session);
      if (!standing || !(await this.#stillMay(session, standing))) gone.push(session);
    }
    await this.revoke(gone);
  }

  /** Who has which of some files open, of those that the person may see. */
  async editorsOf(files: readonly string[], standing: Standing): Promise<ReadonlyMap<string, readonly string[]>> {
    const open = await this.#options.sessions.editors(files);
    const seen = await Promise.all(
      [...open].map(async (entry) => ((await this.#look(standing, entry[0]).catch(() => undefined)) ? [entry] : [])),
    );
    return new Map(seen.flat());
  }

  /** Tells those who see the file, wherever they hear of it, that others have it open. It is worth nothing later. */
  async #tellEditors({ id, owner }: DocumentNode, above: readonly { readonly id: string }[]): Promise<void> {
    const topics = new Set([id, await homeFolderId(owner), ...above.map((folder) => folder.id)]);
    const event = { capability: 'documents', type: 'office.editors', data: { file: id } };
    this.#options.hub.deliver([...topics].map((topic) => ({ ...event, topic })));
  }
}

/** The editor that has the file open, whatever else is preferred; else the first. */
function choose({ preferred, able, silent }: Candidates, inUse: string | undefined) {
  if (inUse === undefined) {
    const [first] = preferred;
    if (first) return first;
    if (silent.length > 0) throw unavailable(silent[0]!);
    throw new CapabilityError('INVALID', 'file: no editor opens files of this kind.', {
      field: 'file',
      reason: 'FORMAT',
    });
  }
  const action = able.get(inUse);
  if (action) return { instance: inUse, action };
  if (silent.includes(inUse)) throw unavailable(inUse);
  throw new CapabilityError('CONFLICT', 'Somebody has it open in an editor that cannot show it to you.', {
    reason: 'IN_USE',
  });
}

function mayAct(role: Role, action: OfficeAction): boolean {
  if (action === 'view') return true;
  return action === 'comment' ? role !== 'viewer' : MOST[role] === 'edit';
}

/** Ending of a name, in lower case. */
export function extensionOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function unavailable(instance: string): CapabilityError {
  return new CapabilityError('UNAVAILABLE', `The editor "${instance}" does not answer now.`, { reason: 'EDITOR' });
}

function fault(message: string): CapabilityError {
  return new CapabilityError('INTERNAL', message, { reason: 'PROVIDER_FAULT' });
}
