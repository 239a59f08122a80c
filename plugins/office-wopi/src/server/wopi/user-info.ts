import { answer } from './answers.ts';
import type { WopiCall } from './call.ts';
import { bodyOf } from './contents.ts';

/** Longest text that is kept for a client, in bytes. */
const MOST = 1_024;

/** Keeps what the client wants to remember of the person. */
export async function putUserInfo(call: WopiCall): Promise<Response> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bodyOf(call.request)) {
    size += piece.length;
    if (size > MOST) return answer(400);
    pieces.push(piece);
  }
  // PostgreSQL takes every character but this.
  const info = Buffer.concat(pieces).toString('utf8').replaceAll('\u0000', '');
  await call.db
    .insertInto('user_info')
    .values({ person: call.file.person, info })
    .onConflict((conflict) => conflict.column('person').doUpdateSet({ info }))
    .execute();
  return answer(200);
}
