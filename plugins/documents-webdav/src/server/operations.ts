import type { Call, documents, InputOf, ProviderOperations } from '@valfri/sdk';
import { homeFolderId } from '@valfri/sdk';
import type { DocumentStore } from '@valfri/sdk/server';
import type { WebdavContents } from './contents.ts';
import type { DavServer } from './dav/dav-server.ts';
import { isUnavailable } from './dav/faults.ts';
import type { Intake } from './foreign/intake.ts';
import type { Watch } from './foreign/watch.ts';
import type { Keeper } from './keeper.ts';
import type { Placements } from './place/placements.ts';
import type { Placer } from './place/placer.ts';
import type { SharedLock } from './shared-lock.ts';

/** What operations work with. */
export interface OperationsOptions {
  readonly store: DocumentStore;
  readonly server: DavServer;
  readonly contents: WebdavContents;
  readonly placements: Placements;
  readonly placer: Placer;
  readonly intake: Intake;
  readonly watch: Watch;
  readonly lock: SharedLock;
  readonly keeper: Keeper;
}

type Operations = ProviderOperations<typeof documents>;
type Input<K extends keyof Operations> = InputOf<(typeof documents)['operations'][K]>;

/** How long a folder that is listed waits for what others changed in it, in milliseconds. */
const PATIENCE = 1_500;
/** How long a folder that was looked at is not looked at again, in milliseconds. */
const FRESH = 3_000;

/**
 * The operations: before a write, what it touches is looked at on the server, so that it is refused where the server does not answer,
 * and meets what others did; after it, the server is brought to what the mirror says.
 */
export class GuardedOperations {
  readonly #options: OperationsOptions;
  readonly #lookedAt = new Map<string, number>();

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  get all(): Operations {
    const { operations } = this.#options.store;
    return { ...operations, ...this.#reads(operations), ...this.#makes(operations), ...this.#shapes(operations) };
  }

  #reads(own: Operations): Pick<Operations, 'list' | 'readFile'> {
    return {
      list: async (input, call) => {
        if (input.after === undefined) await this.#refresh(input.folder, call);
        return own.list(input, call);
      },
      readFile: async (input, call) => {
        const answer = await own.readFile(input, call);
        return { ...answer, content: await begun(answer.content) };
      },
    };
  }

  #makes(own: Operations): Pick<Operations, 'getHome' | 'createFolder' | 'createFile' | 'saveFile' | 'restoreVersion'> {
    const { lock, contents, keeper } = this.#options;
    return {
      getHome: async (input, call) => {
        const id = await homeFolderId(call.person);
        if (await this.#options.placements.of(id)) return own.getHome(input, call);
        await keeper.ready();
        const answer = await lock.beside(() => own.getHome(input, call));
        await this.#settle([id], 'beside');
        return answer;
      },
      createFolder: (input, call) =>
        this.#beside(input.id, async () => {
          if (input.parent) await this.#lookAtName(input.parent, input.name);
          return own.createFolder(input, call);
        }),
      createFile: async (input, call) => {
        await keeper.ready();
        await contents.keep(call.content);
        return this.#beside(input.id, async () => {
          await this.#lookAtName(input.parent, input.name);
          return own.createFile(input, call);
        });
      },
      saveFile: async (input, call) => {
        await keeper.ready();
        await contents.keep(call.content);
        return this.#beside(input.file, async () => {
          await this.#lookAtNode(input.file);
          return own.saveFile(input, call);
        });
      },
      restoreVersion: (input, call) =>
        this.#beside(input.file, async () => {
          await this.#lookAtNode(input.file);
          return own.restoreVersion!(input, call);
        }),
    };
  }

  #shapes(own: Operations): Pick<Operations, 'move' | 'copy' | 'delete' | 'restore' | 'erase'> {
    const { watch } = this.#options;
    return {
      move: (input, call) =>
        this.#alone([input.node], async () => {
          await this.#lookAtNode(input.node);
          await this.#lookAtMoved(input);
          return own.move(input, call);
        }),
      copy: (input, call) =>
        this.#alone([input.id], async () => {
          await this.#lookAtNode(input.node);
          if (input.name !== undefined) await this.#lookAtName(input.parent, input.name);
          return own.copy(input, call);
        }),
      delete: (input, call) =>
        this.#alone([input.node], async () => {
          await this.#lookAtNode(input.node);
          // What others put into it goes to the trash with it.
          await watch.lookBelow(input.node, (work) => work());
          return own.delete(input, call);
        }),
      restore: (input, call) =>
        this.#alone([input.node], async () => {
          if (input.parent && input.name) await this.#lookAtName(input.parent, input.name);
          return own.restore!(input, call);
        }),
      erase: (input, call) => own.erase!(input, call),
    };
  }

  async #beside<T>(node: string, work: () => Promise<T>): Promise<T> {
    await this.#options.keeper.ready();
    const { lock } = this.#options;
    return lock.beside(async () => {
      const answer = await work();
      await this.#settle([node]);
      return answer;
    });
  }

  async #alone<T>(nodes: readonly string[], work: () => Promise<T>): Promise<T> {
    await this.#options.keeper.ready();
    const { lock, placements } = this.#options;
    return lock.alone(async () => {
      const answer = await work();
      await this.#settle(await placements.withBelow(nodes));
      return answer;
    });
  }

  /** What was done in the mirror is done: where the server does not answer any more, it is told later. */
  async #settle(nodes: readonly string[], how?: 'beside'): Promise<void> {
    const { placer, lock, keeper } = this.#options;
    try {
      await (how ? lock.beside(() => placer.settle(nodes)) : placer.settle(nodes));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      keeper.wake();
    }
  }

  /** Meets what others did to one file or folder. */
  async #lookAtNode(node: string): Promise<void> {
    const { server, placements, intake } = this.#options;
    const [row, path] = [await placements.of(node), await placements.pathOf(node)];
    // What does not lie there yet tells nothing; but nothing is written while the server does not answer.
    const there = await server.stat(path ?? [], path ? row!.kind : 'folder');
    if (!row || !path) return;
    if (there?.kind !== row.kind) await placements.forget(node);
    else if (row.version && row.etag !== there.etag) await intake.takeChanged(row, there, (work) => work());
  }

  /** Meets what others put where something is to come. */
  async #lookAtName(folder: string, name: string): Promise<void> {
    const { server, placements, intake } = this.#options;
    const path = await placements.pathOf(folder);
    const there = await server.stat(path ? [...path, name] : []);
    if (path && there && !(await placements.at(folder, name))) await intake.takeNew(folder, there, (work) => work());
  }

  async #lookAtMoved({ node, parent, name }: Input<'move'>): Promise<void> {
    const row = await this.#options.placements.of(node);
    const to = parent ?? row?.parent;
    const called = name ?? row?.name;
    if (to && called && (to !== row?.parent || called !== row.name)) await this.#lookAtName(to, called);
  }

  /** Looks what others changed in a folder; where that takes long, or fails, it is listed as it is known. */
  async #refresh(folder: string, { signal }: Call): Promise<void> {
    const { watch, keeper } = this.#options;
    const now = Date.now();
    if (keeper.frozen || !keeper.isUp || now - (this.#lookedAt.get(folder) ?? 0) < FRESH) return;
    if (this.#lookedAt.size > 10_000) this.#lookedAt.clear();
    this.#lookedAt.set(folder, now);
    const looked = watch.look(folder).catch(() => keeper.wake());
    await Promise.race([looked, later(PATIENCE, signal)]);
  }
}

function later(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** Bytes whose first piece has been read: what cannot be read is refused, and not broken off. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const pieces = bytes[Symbol.asyncIterator]();
  const first = await pieces.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  })();
}
