import { CapabilityError, derivedId, type office, type PluginContext, type Provider } from '@valfri/sdk';
import { createHash } from 'node:crypto';
import type { DocumentServer } from './document-server.ts';
import { extensionOf, formatOfName } from './formats.ts';
import type { OfficeSessions } from './sessions.ts';

/** For how long the document server may take, in milliseconds: the host waits for ten seconds. */
const PATIENCE = 9_000;

/** What a file is converted with. */
export interface ConvertOptions {
  readonly openFiles: NonNullable<PluginContext['openFiles']>;
  readonly sessions: OfficeSessions;
  readonly server: DocumentServer;
  readonly hostUrl: string;
}

type Convert = NonNullable<Provider<typeof office>['operations']['convertFile']>;

/** Makes a file of another kind of what a session has open, beside it. */
export async function convertFile(
  { openFiles, sessions, server, hostUrl }: ConvertOptions,
  { session, to, id, name }: Parameters<Convert>[0],
  signal: AbortSignal,
): ReturnType<Convert> {
  const { document } = await sessions.byId(session);
  const file = await openFiles.bySession(session);
  const { name: from, version } = await file.stat();
  if (!formatOfName(from)?.convertsTo.includes(to))
    throw new CapabilityError('INVALID', `to: the document server makes no .${to} of ${from}.`, {
      field: 'to',
      reason: 'FORMAT',
    });
  const token = await sessions.tokenToRead(session);
  const key = createHash('sha256').update(`${document.key} ${version?.id} ${to}`).digest('hex').slice(0, 40);
  const wish = { key, from: extensionOf(from), to, name: from, url: `${hostUrl}/download/${token}` };
  const content = await server.convert(wish, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
  const made = derivedId(createHash('sha256').update(`office-onlyoffice converted ${id}`).digest());
  await file.saveBeside(content, { id, version: made, name });
  return { file: id };
}
