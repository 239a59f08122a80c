import { documents } from '@valfri/sdk';
import { createTestHost, type TestHost } from '@valfri/sdk/testing';
import { sharedWebdav } from '../../../../scripts/peers/webdav-slot.ts';
import { documentsWebdav } from '../../src/index.ts';
import { type AtHand, Foreign } from './foreign.ts';

export { sharedWebdav } from '../../../../scripts/peers/webdav-slot.ts';

let made = 0;

/** A provider on a WebDAV server, and somebody else who uses the same folder there. */
export type WebdavHost = TestHost<typeof documents> & { readonly foreign: Foreign };

/** Starts a fresh, empty provider in a folder of its own on the server of the run. */
export async function createWebdavHost(
  server: AtHand = sharedWebdav!,
  folder: string = `t${process.pid}-${++made}`,
): Promise<WebdavHost> {
  const { username, password } = server;
  const url = `${server.url}/${folder}`;
  const host = await createTestHost({
    capability: documents,
    plugin: documentsWebdav,
    settings: { url, username, password, pollSeconds: 1 },
  });
  return { ...host, foreign: new Foreign({ url, username, password }) };
}
