import {
  type Bytes,
  CapabilityError,
  derivedId,
  isCapabilityError,
  type OpenFile,
  type PluginContext,
} from '@valfri/sdk';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DocumentServer } from './document-server.ts';
import { extensionOf } from './formats.ts';
import { readToken } from './jwt.ts';
import type { OfficeSessions } from './sessions.ts';
import type { DocumentRow, SessionRow } from './tables.ts';

/** What a callback is taken with. */
export interface CallbackOptions {
  readonly sessions: OfficeSessions;
  readonly server: DocumentServer;
  readonly openFiles: NonNullable<PluginContext['openFiles']>;
  readonly secret: string;
  readonly log: PluginContext['log'];
  /** Told of each that was taken, and whether what it brought was saved. */
  readonly taken: (key: string, saved: boolean) => void;
}

/** @see https://api.onlyoffice.com/docs/docs-api/usage-api/callback-handler/ */
const STATUS = { editing: 1, ready: 2, failed: 3, unchanged: 4, interim: 6, interimFailed: 7 } as const;

const callback = z.looseObject({
  key: z.string().max(128),
  status: z.union([z.literal(0), ...Object.values(STATUS).map((status) => z.literal(status))]),
  url: z.string().max(8_192).optional(),
  filetype: z
    .string()
    .regex(/^[a-z0-9]{1,16}$/)
    .optional(),
  users: z.array(z.string().max(128)).max(1_000).optional(),
});
type Callback = z.output<typeof callback>;

/**
 * Takes what the document server says of a file. Only what it has signed counts, for the file of the session whose token it shows.
 * @returns whether it was taken; where not, it tries again.
 */
export async function takeCallback(options: CallbackOptions, token: string, request: Request): Promise<boolean> {
  const { session, document } = await options.sessions.byToken(token);
  const said = callback.parse(await signedBody(request, options.secret));
  if (said.key !== session.key) throw new CapabilityError('DENIED', 'The key is that of another file.');
  const brings = said.status !== STATUS.editing && said.url !== undefined;
  const saved = brings ? await saveTelling(options, document, said) : true;
  // What could not be saved is asked for again, so the key lives on.
  if (saved && (said.status === STATUS.ready || said.status === STATUS.failed || said.status === STATUS.unchanged))
    await options.sessions.end(said.key);
  options.taken(said.key, saved);
  return saved;
}

/** The token in the body counts before the one in the header; what stands beside a token counts for nothing. */
async function signedBody(request: Request, secret: string): Promise<unknown> {
  const body = (await request.json().catch(() => undefined)) as { readonly token?: unknown } | undefined;
  const header = request.headers.get('authorization')?.replace(/^Bearer /, '');
  const token = typeof body?.token === 'string' ? body.token : header;
  const claims = token === undefined ? undefined : readToken(token, secret);
  if (!claims) throw new CapabilityError('DENIED', 'The callback is not signed with our secret.');
  return typeof claims['payload'] === 'object' && claims['payload'] !== null ? claims['payload'] : claims;
}

async function saveTelling(options: CallbackOptions, document: DocumentRow, said: Callback): Promise<boolean> {
  try {
    await save(options, document, said);
    return true;
  } catch (error) {
    const { message } = error as Error;
    options.log.warn('What was written could not be saved; the document server keeps it.', {
      key: document.key,
      message,
    });
    return false;
  }
}

/** Saves in the name of who wrote last, where they still may; else of another who may write. */
async function save(options: CallbackOptions, document: DocumentRow, said: Callback): Promise<void> {
  const writers = await options.sessions.writers(document.key, said.users ?? []);
  let refusal: unknown = new CapabilityError('DENIED', 'Nobody who may write has had the file open.');
  for (const writer of writers) {
    try {
      return await saveAs(options, document, said, writer);
    } catch (error) {
      if (!isCapabilityError(error) || !MAY_NOT.has(error.code)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

const MAY_NOT: ReadonlySet<string> = new Set(['NOT_FOUND', 'DENIED']);

async function saveAs(
  { openFiles, sessions, server }: CallbackOptions,
  document: DocumentRow,
  { key, status, url, filetype }: Callback,
  { session }: SessionRow,
): Promise<void> {
  const file = await openFiles.bySession(session);
  const { name } = await file.stat();
  const kind = filetype ?? extensionOf(name);
  const version = idOf(`version ${key} ${url}`);
  const broken = status === STATUS.failed || status === STATUS.interimFailed;
  const content = () => server.download(url!);
  if (broken || kind !== extensionOf(name)) return saveBeside(file, content, { name, kind, of: `${key} ${url}` });
  try {
    await file.save(await content(), { version, ifVersion: document.version });
  } catch (error) {
    if (!isCapabilityError(error) || error.reason !== 'CHANGED') throw error;
    // Somebody else has saved another content meanwhile: both are kept.
    return saveBeside(file, content, { name, kind, of: `${key} ${url}` });
  }
  await sessions.saved(key, version);
}

interface Beside {
  readonly name: string;
  readonly kind: string;
  /** What it is a copy of: the same comes to the same file. */
  readonly of: string;
}

/** Keeps what may not take the file's place as a file beside it. */
async function saveBeside(file: OpenFile, content: () => Promise<Bytes>, { name, kind, of }: Beside): Promise<void> {
  const ids = { id: idOf(`copy ${of}`), version: idOf(`copied ${of}`) };
  const stem = name.replace(/\.[^.]+$/, '');
  for (let count = 1; ; count++) {
    const called = `${stem} (${count === 1 ? 'ONLYOFFICE' : `ONLYOFFICE ${count}`}).${kind}`;
    try {
      await file.saveBeside(await content(), { ...ids, name: called });
      return;
    } catch (error) {
      if (count >= 50 || !isCapabilityError(error) || error.reason !== 'NAME_TAKEN') throw error;
    }
  }
}

function idOf(what: string): string {
  return derivedId(createHash('sha256').update(`office-onlyoffice ${what}`).digest());
}
