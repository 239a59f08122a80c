import { newId } from '@valfri/core/ids';
import { numberedName } from '@valfri/sdk/documents';
import type { DocumentNode } from '@valfri/sdk';
import { type Failure, failureIn } from '../../state/api.ts';

/** What is told of a link: whether this visitor is in, and what is asked for where not. */
export type LinkState =
  | { readonly open: true; readonly node: string; readonly role: 'viewer' | 'editor' }
  | { readonly open: false; readonly needsPassword: boolean };

/** A page of what is in a folder. */
export interface Listed {
  readonly nodes: readonly DocumentNode[];
  readonly next?: string;
}

/** What somebody without an account may ask by a link. Each throws a failure. */
export class Visit {
  readonly #base: string;

  constructor(token: string) {
    this.#base = `/l/${token}`;
  }

  state(): Promise<LinkState> {
    return this.#ask('/state', { method: 'GET' });
  }

  open(password: string | undefined): Promise<LinkState> {
    return this.#post('/open', password === undefined ? {} : { password });
  }

  async get(node: string): Promise<{ node: DocumentNode; above: readonly { id: string; name: string }[] }> {
    return this.#post('/call/get', { node });
  }

  list(folder: string, after?: string): Promise<Listed> {
    return this.#post('/call/list', { folder, ...(after ? { after } : {}) });
  }

  /** The address of this view of a file or folder. */
  pathOf(node: string): string {
    return `${this.#base}?node=${node}`;
  }

  /** Where the content of a file is. */
  contentUrl(file: string, { download = false }: { readonly download?: boolean } = {}): string {
    const input = encodeURIComponent(JSON.stringify({ file }));
    return `${this.#base}/content/documents/readFile?input=${input}${download ? '&download' : ''}`;
  }

  /** Sends a file in; where its name is taken, under one with a number. */
  async upload(parent: string, file: File): Promise<void> {
    const upload = newId();
    const at = `/content/uploads/${upload}`;
    await this.#ask(at, { method: 'POST', headers: { 'upload-length': String(file.size) } });
    const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    if (file.size > 0) await this.#ask(at, { method: 'PATCH', headers, body: file });
    const made = { id: newId(), version: newId(), parent, mediaType: 'application/octet-stream' };
    for (let number = 1; ; number++) {
      const name = number === 1 ? file.name : numberedName(file.name, number);
      try {
        return await this.#post('/content/documents/createFile', { upload, input: { ...made, name } });
      } catch (error) {
        if ((error as Failure).reason !== 'NAME_TAKEN' || number === 50) throw error;
      }
    }
  }

  #post<T>(path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #ask<T>(path: string, request: RequestInit): Promise<T> {
    const answer = await fetch(this.#base + path, request).catch(() => undefined);
    const said = (await answer?.text().catch(() => undefined)) ?? '';
    if (!answer?.ok) throw failureIn(answer?.status ?? 0, said);
    return (said === '' ? undefined : JSON.parse(said)) as T;
  }
}
