import { newId } from '@valfri/core';
import { rawRequest } from './raw-request.ts';
import type { TestPerson } from './test-workspace.ts';

/** A file to be made. */
export interface FileToSend {
  readonly parent: string;
  readonly name: string;
  readonly bytes: Buffer | string;
  /** Default: new ones. The same again changes nothing. */
  readonly ids?: { readonly id: string; readonly version: string };
}

/** Sends a file in as the shell does, and makes it. @returns its id and its media type. */
export async function sendFile(
  url: string,
  { cookie }: TestPerson,
  { parent, name, bytes, ids = { id: newId(), version: newId() } }: FileToSend,
): Promise<{ readonly id: string; readonly mediaType: string }> {
  const upload = newId();
  const send = async (method: string, path: string, headers: Record<string, string>, body: Buffer | string = '') => {
    const answer = await rawRequest(`${url}/content/${path}`, { method, headers: { cookie, ...headers }, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text;
  };
  await send('POST', `uploads/${upload}`, { 'upload-length': String(Buffer.byteLength(bytes)) });
  const piece = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  await send('PATCH', `uploads/${upload}`, piece, bytes);
  const input = { ...ids, parent, name, mediaType: 'application/octet-stream' };
  const text = await send(
    'POST',
    'documents/createFile',
    { 'content-type': 'application/json' },
    JSON.stringify({ upload, input }),
  );
  return { id: ids.id, mediaType: JSON.parse(text).node.version.mediaType };
}
