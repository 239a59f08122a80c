import { newId, office } from '@valfri/sdk';
import { createTestHost, type MemoryFile, type MemorySession, type TestHost } from '@valfri/sdk/testing';
import { officeWopi } from '../../src/index.ts';
import { type Front, serve } from './http-front.ts';
import { type Offer, WopiClient } from './wopi-client.ts';

/** The plugin at work, its routes on real HTTP, and a WOPI client that knows it. */
export interface WopiHost extends TestHost<typeof office> {
  readonly client: WopiClient;
  readonly front: Front;
}

/** How it is to be. */
export interface WopiHostOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly offer?: Offer;
}

/** Starts both. */
export async function createWopiHost({ settings = {}, offer }: WopiHostOptions = {}): Promise<WopiHost> {
  await using started = new AsyncDisposableStack();
  const client = started.use(await WopiClient.start(offer));
  const under = '/plugins/subject';
  let host: TestHost<typeof office> | undefined;
  const front = started.use(
    await serve(async (request) => {
      const { pathname, search } = new URL(request.url);
      if (!pathname.startsWith(`${under}/`)) return new Response(null, { status: 404 });
      return host!.running.inbound!(
        new Request(`http://host.invalid${pathname.slice(under.length)}${search}`, request),
      );
    }),
  );
  host = started.use(
    await createTestHost({
      capability: office,
      plugin: officeWopi,
      settings: { clientUrl: client.url, ...settings },
      inboundUrl: front.url + under,
    }),
  );
  const resources = started.move();
  return { ...host, client, front, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** A file that somebody has open, and the address that the WOPI client was given. */
export interface OpenedFile {
  readonly file: MemoryFile;
  readonly session: MemorySession;
  /** With the token. */
  readonly url: string;
  readonly contents: string;
  readonly token: string;
}

/** Opens a file, as the host of a workspace does. */
export async function openFor(
  host: WopiHost,
  { id, name, versions }: MemoryFile,
  action: 'view' | 'comment' | 'edit' = 'edit',
  person: string = newId(),
): Promise<OpenedFile> {
  const session = host.files.open(id, { person, action });
  const { id: version, bytes, mediaType } = versions.at(-1)!;
  const opened = { id, name, mediaType, size: bytes.length, version };
  const { data } = await host
    .as(person)
    .openFile({ session: session.id, file: opened, action, language: 'sv', theme: 'light' });
  return { file: host.files.file(id), session, ...addressesOf(data as { url: string; token: string }) };
}

/** Addresses of a file, out of what the page is handed. */
export function addressesOf({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Pick<OpenedFile, 'token' | 'url' | 'contents'> {
  const src = new URL(url).searchParams.get('WOPISrc')!;
  return { token, url: `${src}?access_token=${token}`, contents: `${src}/contents?access_token=${token}` };
}

/** A text file in the folder. */
export function aFile({ files }: WopiHost, content = 'Hej', name = 'Protokoll.txt'): MemoryFile {
  return files.add({ name, content, mediaType: 'text/plain' });
}
