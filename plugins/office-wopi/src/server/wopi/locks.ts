import { isCapabilityError, type OpenFile } from '@valfri/sdk';
import { hashOf } from '../tokens.ts';
import { answer, lockMismatch, refusal } from './answers.ts';
import { header, type WopiCall, type WopiParts } from './call.ts';

/** How long a lock holds, in seconds, and what its text may be. @see the operation Lock of WOPI */
const HOLDS = 30 * 60;
const TEXT = /^[ -~]{1,1024}$/;

/** The lock on a file, as a WOPI client may know it. */
export interface HeldLock {
  /** Whether anything holds it. */
  readonly held: boolean;
  /** Its text, where a WOPI client has set it; empty else, for other locks are other people’s secrets. */
  readonly text: string;
}

/** Which lock holds. */
export async function lockOn(file: OpenFile, { db }: Pick<WopiParts, 'db'>): Promise<HeldLock> {
  const now = await file.lockNow();
  if (!now) return { held: false, text: '' };
  const row = await db.selectFrom('locks').select('hash').where('file', '=', file.file).executeTakeFirst();
  return { held: true, text: row?.hash === hashOf(now.token) ? now.token : '' };
}

/** Says which lock holds. */
export async function getLock(call: WopiCall): Promise<Response> {
  const { held, text } = await lockOn(call.file, call);
  return held && text === '' ? mismatch(call) : answer(200, { 'x-wopi-lock': text });
}

/** Lock, and UnlockAndRelock where the old one is named. */
export function lock(call: WopiCall): Promise<Response> {
  const old = call.request.headers.get('x-wopi-oldlock');
  return withLock(call, async (wanted) => {
    const { held, text } = await lockOn(call.file, call);
    if (old !== null ? text !== old || !held : held && text !== wanted) return mismatch(call);
    if (old !== null && old !== wanted) await call.file.unlock(old);
    return take(call, wanted);
  });
}

/** Makes the lock last longer. */
export function refreshLock(call: WopiCall): Promise<Response> {
  return withLock(call, async (wanted) => {
    const { text } = await lockOn(call.file, call);
    return text === wanted ? take(call, wanted) : mismatch(call);
  });
}

/** Gives the lock up. */
export function unlock(call: WopiCall): Promise<Response> {
  return withLock(call, async (given) => {
    const { text } = await lockOn(call.file, call);
    if (text !== given) return mismatch(call);
    await call.file.unlock(given);
    await call.db.deleteFrom('locks').where('file', '=', call.file.file).execute();
    call.unlocked(call.file.file);
    return versioned(call);
  });
}

/** Says that another lock holds, and which. */
export async function mismatch(call: WopiCall): Promise<Response> {
  const { held, text } = await lockOn(call.file, call);
  const why = !held ? 'The file is not locked.' : text ? 'Another lock holds.' : 'The file is locked elsewhere.';
  return lockMismatch(text, why);
}

/** What a refusal becomes where the file is written to: where a lock is the reason, it is named. */
export async function refusedWrite(call: WopiCall, error: unknown): Promise<Response> {
  return isCapabilityError(error) && error.code === 'CONFLICT' && error.reason === 'LOCKED'
    ? mismatch(call)
    : refusal(error);
}

async function withLock(call: WopiCall, work: (text: string) => Promise<Response>): Promise<Response> {
  const text = header(call, 'x-wopi-lock');
  if (!TEXT.test(text)) return answer(400);
  return call.turns.run(call.file.file, () => work(text).catch((error: unknown) => refusedWrite(call, error)));
}

async function take(call: WopiCall, text: string): Promise<Response> {
  const { file, db } = call;
  await file.lock(text, HOLDS);
  const row = { file: file.file, hash: hashOf(text) };
  await db
    .insertInto('locks')
    .values(row)
    .onConflict((conflict) => conflict.column('file').doUpdateSet({ hash: row.hash }))
    .execute();
  return versioned(call);
}

async function versioned({ file }: WopiCall): Promise<Response> {
  const { version } = await file.stat();
  return answer(200, { 'x-wopi-itemversion': version!.id });
}
