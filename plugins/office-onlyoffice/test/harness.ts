import { newId, office, type OfficeAction } from '@valfri/sdk';
import { createTestHost, type TestHost } from '@valfri/sdk/testing';
import { officeOnlyoffice } from '../src/index.ts';
import { type Config, DocumentServerDouble } from './document-server-double.ts';

/** What both sides know. */
export const SECRET = 'a secret of at least thirty-two characters';
const INBOUND = 'http://host.test/plugins/subject';

/** The provider, with a document server that reaches its inbound routes without a network. */
export async function startHost(server: DocumentServerDouble): Promise<TestHost<typeof office>> {
  const settings = { serverUrl: server.url, secret: SECRET };
  const host = await createTestHost({ capability: office, plugin: officeOnlyoffice, settings, inboundUrl: INBOUND });
  server.call = (request) =>
    host.running.inbound!(new Request(request.url.replace(INBOUND, 'http://host.test'), request));
  return host;
}

/** A file that somebody has open. */
export interface OpenedFile {
  readonly file: string;
  readonly session: string;
  readonly person: string;
  readonly config: Config;
}

/** Opens a file for somebody, as the host does. */
export async function openFor(
  host: TestHost<typeof office>,
  { file = aDocument(host), action = 'edit' }: { readonly file?: string; readonly action?: OfficeAction } = {},
): Promise<OpenedFile> {
  const person = newId();
  const { id: session } = host.files.open(file, { person, action });
  const { name, versions } = host.files.file(file);
  const { id: version, mediaType, bytes } = versions.at(-1)!;
  const opened = { id: file, name, mediaType, size: bytes.length, version };
  const asked = { session, file: opened, action, language: 'sv', theme: 'light' } as const;
  const { data } = await host.as(person).openFile(asked);
  return { file, session, person, config: (data as unknown as { config: Config }).config };
}

/** A document with few words. */
export function aDocument({ files }: TestHost<typeof office>): string {
  const mediaType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  return files.add({ name: 'utkast.docx', mediaType, content: 'ett utkast' }).id;
}
