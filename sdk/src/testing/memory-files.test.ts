import { newId } from '@valfri/core';
import { expect, test } from 'vitest';
import { MemoryFiles } from './memory-files.ts';

async function* bytes(text: string) {
  yield new TextEncoder().encode(text);
}
const refused = (code: string, reason?: string) => expect.objectContaining(reason ? { code, reason } : { code });

function opened(action: 'view' | 'comment' | 'edit' = 'edit') {
  const files = new MemoryFiles();
  const file = files.add({ name: 'a.txt', content: 'first' });
  const session = files.open(file.id, { person: newId(), action });
  return { files, file, session };
}

test('a file is read, saved and saved again under the version that it has', async () => {
  const { files, file, session } = opened();
  const open = await files.bySession(session.id);
  const { version } = await open.stat();
  const next = newId();
  await open.save(bytes('second'), { version: next, ifVersion: version!.id });
  await open.save(bytes('never'), { version: next });
  expect([files.textOf(file.id), file.versions.length]).toEqual(['second', 2]);
  const behind = open.save(bytes('third'), { version: newId(), ifVersion: version!.id });
  await expect(behind).rejects.toEqual(refused('CONFLICT', 'CHANGED'));
});

test('a lock keeps out who has not its token, until it ends', async () => {
  const { files, session } = opened();
  const open = await files.bySession(session.id);
  await open.lock('a', 60);
  await expect(open.lock('b', 60)).rejects.toEqual(refused('CONFLICT', 'LOCKED'));
  await expect(open.unlock('b')).rejects.toEqual(refused('CONFLICT', 'LOCKED'));
  await expect(open.save(bytes('x'), { version: newId() })).rejects.toEqual(refused('CONFLICT', 'LOCKED'));
  await open.save(bytes('x'), { version: newId(), locks: ['a'] });
  files.pass(60_000);
  expect(await open.lockNow()).toBeUndefined();
  await open.save(bytes('y'), { version: newId() });
});

test('a session may what its action says, and its person may at that moment', async () => {
  const { files, file, session } = opened('view');
  const viewing = await files.bySession(session.id);
  await expect(viewing.save(bytes('x'), { version: newId() })).rejects.toEqual(refused('DENIED'));
  await expect(viewing.lock('a', 60)).rejects.toEqual(refused('DENIED'));
  const commenting = await files.bySession(files.open(file.id, { person: newId(), action: 'comment' }).id);
  await expect(commenting.rename('b.txt')).rejects.toEqual(refused('DENIED'));
  await commenting.save(bytes('x'), { version: newId() });
  files.give(file.id, commenting.person, undefined);
  await expect(commenting.stat()).rejects.toEqual(refused('NOT_FOUND'));
});

test('one that is over or taken back reaches nothing, nor does what it saved beside', async () => {
  const { files, session } = opened();
  const open = await files.bySession(session.id);
  const id = newId();
  await open.saveBeside(bytes('copy'), { id, version: newId(), name: 'b.txt' });
  const taken = open.saveBeside(bytes('x'), { id: newId(), version: newId(), name: 'b.txt' });
  await expect(taken).rejects.toEqual(refused('CONFLICT', 'NAME_TAKEN'));
  await expect(open.openBeside(newId())).rejects.toEqual(refused('NOT_FOUND'));
  const beside = await files.bySession(await open.openBeside(id));
  expect(await open.openBeside(id)).toBe(beside.session);
  await beside.rename('c.txt');
  files.revoke(session.id);
  for (const each of [open, beside]) await expect(each.read()).rejects.toEqual(refused('NOT_FOUND'));
  await expect(files.bySession(session.id)).rejects.toEqual(refused('NOT_FOUND'));
});
