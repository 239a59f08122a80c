import { type Bytes, isCapabilityError, newId } from '@valfri/sdk';
import { ReadableStream } from 'node:stream/web';
import { answer } from './answers.ts';
import { header, type WopiCall } from './call.ts';
import { lockOn, mismatch, refusedWrite } from './locks.ts';

/** Hands out what the file holds. */
export async function getFile(call: WopiCall): Promise<Response> {
  const most = header(call, 'x-wopi-maxexpectedsize');
  const { size, version, content } = await call.file.read();
  if (/^\d{1,15}$/.test(most) && size > Number(most)) {
    await call.request.body?.cancel();
    return answer(412);
  }
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    'x-wopi-itemversion': version,
  };
  return new Response(ReadableStream.from(content) as never, { headers });
}

/**
 * Saves the file. Who has not locked it may only begin an empty one; who is behind is told so, in the words of the
 * client that names the time it knows.
 */
export async function putFile(call: WopiCall): Promise<Response> {
  const { file } = call;
  const given = header(call, 'x-wopi-lock');
  const [{ held, text }, { version }] = await Promise.all([lockOn(file, call), file.stat()]);
  if (held ? text === '' || text !== given : version!.size > 0) return mismatch(call);
  const known = header(call, 'x-cool-wopi-timestamp') || header(call, 'x-lool-wopi-timestamp');
  if (known !== '' && Date.parse(known) !== version!.savedAt) return changedOutside(text);
  try {
    const options = { version: newId(), ifVersion: version!.id, locks: held ? [given] : [] };
    const saved = await file.save(bodyOf(call.request), options);
    return answer(
      200,
      { 'x-wopi-itemversion': saved.version!.id },
      { LastModifiedTime: timeOf(saved.version!.savedAt) },
    );
  } catch (error) {
    if (isCapabilityError(error) && error.reason === 'CHANGED') return changedOutside(text);
    return refusedWrite(call, error);
  }
}

/** A time as WOPI has it. */
export function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** What was sent, as it comes. */
export function bodyOf({ body }: Request): Bytes {
  return body ?? nothing();
}

async function* nothing(): Bytes {
  // An empty file has no body.
}

/** @see https://sdk.collaboraonline.com/docs/advanced_integration.html#detecting-external-document-change */
function changedOutside(lock: string): Response {
  return answer(409, { 'x-wopi-lock': lock }, { COOLStatusCode: 1_010, LOOLStatusCode: 1_010 });
}
