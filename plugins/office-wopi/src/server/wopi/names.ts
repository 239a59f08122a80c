import { isCapabilityError, nameFault, newId, normalName, numberedName, type OpenFile } from '@valfri/sdk';
import { answer, invalidName, lockMismatch, refusal } from './answers.ts';
import { header, type WopiCall } from './call.ts';
import { extensionOf } from './check-file-info.ts';
import { bodyOf } from './contents.ts';
import { lockOn, mismatch, refusedWrite } from './locks.ts';
import { fromUtf7, toUtf7 } from './utf7.ts';

/** How many numbers are tried where a name is taken. */
const TRIES = 50;
/** Longest name in a header that is looked at. */
const LONGEST = 1_024;

/** Renames the file. What it is to be called has no ending; the file keeps its own. */
export async function renameFile(call: WopiCall): Promise<Response> {
  const { file } = call;
  const { held, text } = await lockOn(file, call);
  const given = header(call, 'x-wopi-lock');
  if (held && (text === '' || text !== given)) return mismatch(call);
  const wanted = nameIn(call, 'x-wopi-requestedname');
  if (wanted === undefined) return invalidName('There is no name.');
  const { name: before } = await file.stat();
  const name = wanted + extensionOf(before);
  const fault = nameFault(name);
  if (fault) return invalidName(`The name ${fault}.`);
  try {
    const locks = held ? [given] : [];
    const renamed = await firstFree(name, (each) => file.rename(each, { locks }));
    return answer(200, {}, { Name: renamed.name.slice(0, renamed.name.length - extensionOf(before).length) });
  } catch (error) {
    if (isTaken(error)) return invalidName('Something has this name.');
    return refusedWrite(call, error);
  }
}

/** Deletes the file, to the trash where there is one. */
export async function deleteFile(call: WopiCall): Promise<Response> {
  if ((await lockOn(call.file, call)).held) return mismatch(call);
  try {
    await call.file.remove();
    return answer(200);
  } catch (error) {
    return refusedWrite(call, error);
  }
}

/** Saves what is sent as another file, beside this one. */
export async function putRelativeFile(call: WopiCall): Promise<Response> {
  if (call.file.action !== 'edit') return answer(501);
  const suggested = nameIn(call, 'x-wopi-suggestedtarget');
  const exact = nameIn(call, 'x-wopi-relativetarget');
  if ((suggested === undefined) === (exact === undefined)) return answer(400);
  try {
    return suggested === undefined ? await saveExactly(call, exact!) : await saveNearly(call, suggested);
  } catch (error) {
    return refusal(error);
  }
}

async function saveNearly(call: WopiCall, suggested: string): Promise<Response> {
  const { name: before } = await call.file.stat();
  const whole = suggested.startsWith('.')
    ? before.slice(0, before.length - extensionOf(before).length) + suggested
    : suggested;
  const name = legalName(whole);
  // Content can be read once, so it is saved under a name that is free, and then called what was suggested, or nearly.
  const mark = ` ${newId().slice(-12)}`;
  const unique = legalName(
    name.slice(0, name.length - extensionOf(name).length).slice(0, 60) + mark + extensionOf(name),
  );
  const target = await saveBeside(call, unique);
  await firstFree(name, (each) => target.rename(each)).catch(() => undefined);
  return described(call, target);
}

async function saveExactly(call: WopiCall, name: string): Promise<Response> {
  const valid = { 'x-wopi-validrelativetarget': toUtf7(legalName(name)) };
  if (nameFault(name)) return answer(400, valid);
  const there = await besideNamed(call, name);
  const overwrite = header(call, 'x-wopi-overwriterelativetarget').toLowerCase() === 'true';
  if (there && overwrite) return saveOver(call, there);
  if (there) return answer(409, { ...valid, 'x-wopi-lock': (await lockOn(there, call)).text });
  try {
    return await described(call, await saveBeside(call, name));
  } catch (error) {
    if (!isTaken(error)) throw error;
    // What this session did not save itself it cannot reach, so it may not overwrite it either.
    return overwrite ? answer(501) : answer(409, valid);
  }
}

async function saveOver(call: WopiCall, target: OpenFile): Promise<Response> {
  const { held, text } = await lockOn(target, call);
  if (held) return lockMismatch(text, 'The file to be overwritten is locked.');
  const { version } = await target.stat();
  await target.save(bodyOf(call.request), { version: newId(), ifVersion: version!.id });
  return described(call, target);
}

async function saveBeside(call: WopiCall, name: string): Promise<OpenFile> {
  const { file, db } = call;
  const id = newId();
  await file.saveBeside(bodyOf(call.request), { id, version: newId(), name });
  await db.insertInto('beside').values({ session: file.session, file: id }).execute();
  return reach(call, id);
}

/** A session of its own for a file that was saved beside. */
async function reach({ file, files }: WopiCall, id: string): Promise<OpenFile> {
  return files.bySession(await file.openBeside(id));
}

async function described({ tokens, wopiSrc }: WopiCall, file: OpenFile): Promise<Response> {
  const { name } = await file.stat();
  const { token } = await tokens.issue(file);
  const Url = `${wopiSrc(file.file)}?access_token=${token}`;
  return answer(200, {}, { Name: name, Url, HostViewUrl: file.address, HostEditUrl: file.address });
}

/** A file that this session has saved beside its own and that has this name now. */
async function besideNamed(call: WopiCall, name: string): Promise<OpenFile | undefined> {
  const rows = await call.db.selectFrom('beside').select('file').where('session', '=', call.file.session).execute();
  for (const { file } of rows) {
    const [open, node] = await reach(call, file)
      .then(async (each) => [each, await each.stat()] as const)
      .catch(() => []);
    if (node?.name === normalName(name)) return open;
  }
  return undefined;
}

async function firstFree<R>(name: string, use: (name: string) => Promise<R>): Promise<R> {
  for (let number = 1; ; number++) {
    try {
      return await use(number === 1 ? name : numberedName(name, number));
    } catch (error) {
      if (!isTaken(error) || number === TRIES) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return isCapabilityError(error) && error.code === 'CONFLICT' && error.reason === 'NAME_TAKEN';
}

function nameIn(call: WopiCall, name: string): string | undefined {
  const given = header(call, name);
  return given === '' || given.length > LONGEST ? undefined : fromUtf7(given);
}

/** What is nearest to a name among those that can be had. */
function legalName(name: string): string {
  const clean = name
    .toWellFormed()
    .replace(/[/\\]|\p{Cc}/gu, '_')
    .trim();
  const legal = clean === '' || clean === '.' || clean === '..' ? '_' : clean;
  return nameFault(legal) ? numberedName(legal, 1) : legal;
}
