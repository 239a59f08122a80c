import { type Bytes, CapabilityError, newId, type Provider } from '@valfri/core';
import { office as contract, type OfficeFormat } from '../capabilities/office.ts';
import type { PluginLog } from '../plugin/context.ts';
import type { OpenFile, OpenFiles } from '../plugin/open-files.ts';
import type { PageChannel } from '../plugin/page-channel.ts';
import type { RunningPlugin } from '../plugin/plugin.ts';

/** A file that somebody has open. */
interface SharedText {
  text: string;
  version: string;
  dirty: boolean;
  readonly sessions: Set<string>;
  readonly channels: Set<PageChannel>;
  saving: Promise<boolean>;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** What a page sends. */
interface Said {
  readonly text?: string;
  readonly save?: boolean;
}

/** What a {@link MemoryOffice} works with. */
export interface MemoryOfficeParts {
  readonly files: OpenFiles;
  readonly formats: readonly OfficeFormat[];
  readonly saveAfter: number;
  readonly log: PluginLog;
}

/** A provider of office in memory: one text a file, which all share who have it open; the last one who writes is right. */
export class MemoryOffice implements RunningPlugin {
  readonly providers: { readonly office: Provider<typeof contract> };
  /** Where it is `false`, nothing can be saved. */
  saves = true;
  readonly #parts: MemoryOfficeParts;
  readonly #texts = new Map<string, Promise<SharedText>>();
  readonly #fileOf = new Map<string, string>();

  constructor(parts: MemoryOfficeParts) {
    this.#parts = parts;
    this.providers = { office: this.#provider() };
  }

  #provider(): Provider<typeof contract> {
    return {
      features: {},
      operations: {
        listFormats: async () => ({ formats: [...this.#parts.formats] }),
        openFile: async ({ session, file }) => {
          const extension = file.name.split('.').at(-1);
          if (!this.#parts.formats.some((format) => format.extension === extension))
            throw new CapabilityError('INVALID', 'file: it is no text.', { field: 'file', reason: 'FORMAT' });
          this.#fileOf.set(session, file.id);
          (await this.#textOf(session)).sessions.add(session);
          return { page: 'text', data: { opened: file.name } };
        },
        closeSession: async ({ session }) => {
          await this.#close(session);
          return {};
        },
        saveFile: async ({ file }) => {
          const shared = await this.#texts.get(file);
          return { saved: shared === undefined || (await this.#save(shared)) };
        },
      },
    };
  }

  /** The text of a session's file, read when the first one opens it. */
  #textOf(session: string): Promise<SharedText> {
    const file = this.#fileOf.get(session);
    if (file === undefined) throw new CapabilityError('NOT_FOUND', 'There is no such session.', { field: 'session' });
    const known = this.#texts.get(file);
    if (known) return known;
    const reading = this.#read(session);
    this.#texts.set(file, reading);
    reading.catch(() => this.#texts.delete(file));
    return reading;
  }

  async #read(session: string): Promise<SharedText> {
    const { content, version } = await (await this.#parts.files.bySession(session)).read();
    const text = await textIn(content);
    const none = { dirty: false, sessions: new Set<string>(), channels: new Set<PageChannel>() };
    return { text, version, ...none, saving: Promise.resolve(true) };
  }

  connect(channel: PageChannel): void {
    const ready = this.#textOf(channel.session).then((shared) => {
      shared.channels.add(channel);
      channel.onClose(() => shared.channels.delete(channel));
      channel.send(bytesOf({ text: shared.text, saved: shared.dirty ? 'kept' : 'saved' }));
      return shared;
    });
    ready.catch(() => channel.close({ again: false }));
    channel.onMessage((message) => {
      const said = JSON.parse(new TextDecoder().decode(message)) as Said;
      ready.then((shared) => this.#hear(shared, channel, said)).catch(() => channel.close());
    });
  }

  async #hear(shared: SharedText, from: PageChannel, { text, save }: Said): Promise<void> {
    const { action } = await this.#parts.files.bySession(from.session);
    if (action !== 'edit') return;
    if (text !== undefined) {
      shared.text = text;
      shared.dirty = true;
      for (const channel of shared.channels)
        channel.send(bytesOf(channel === from ? { saved: 'kept' } : { text, saved: 'kept' }));
      shared.timer ??= setTimeout(() => void this.#save(shared), this.#parts.saveAfter);
    }
    if (save) await this.#save(shared);
  }

  /** One after the other; what was written meanwhile is saved next. */
  #save(shared: SharedText): Promise<boolean> {
    clearTimeout(shared.timer);
    shared.timer = undefined;
    return (shared.saving = shared.saving.then(() => this.#saveNow(shared)));
  }

  async #saveNow(shared: SharedText): Promise<boolean> {
    if (!shared.dirty) return true;
    shared.dirty = false;
    for (const channel of shared.channels) channel.send(bytesOf({ saved: 'saving' }));
    const version = newId();
    const saved = this.saves && (await this.#write(shared, version));
    if (saved) shared.version = version;
    else shared.dirty = true;
    const told = saved ? (shared.dirty ? 'kept' : 'saved') : 'failed';
    for (const channel of shared.channels) channel.send(bytesOf({ saved: told }));
    return saved;
  }

  /** With the first session that may. */
  async #write({ text, sessions, version: ifVersion }: SharedText, version: string): Promise<boolean> {
    for (const session of sessions) {
      const file = await this.#parts.files.bySession(session).catch((): OpenFile | undefined => undefined);
      if (file?.action !== 'edit') continue;
      try {
        await file.save(pieceOf(text), { version, ifVersion });
        return true;
      } catch (error) {
        this.#parts.log.warn('A text could not be saved.', { error });
      }
    }
    return false;
  }

  async #close(session: string): Promise<void> {
    const file = this.#fileOf.get(session);
    const shared = file === undefined ? undefined : await this.#texts.get(file);
    if (file === undefined || !shared) return;
    const saved = await this.#save(shared);
    // One that could not be saved stays, and so does the session that may save it.
    if (!saved) return;
    shared.sessions.delete(session);
    this.#fileOf.delete(session);
    if (shared.sessions.size === 0) this.#texts.delete(file);
  }

  async stop(): Promise<void> {
    for (const reading of this.#texts.values()) clearTimeout((await reading).timer);
  }
}

function bytesOf(message: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

async function* pieceOf(text: string): Bytes {
  yield new TextEncoder().encode(text);
}

async function textIn(content: Bytes): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of content) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}
