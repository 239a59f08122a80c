import { CapabilityError, newId } from '@valfri/core';
import type { OpenFile } from '@valfri/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createTestWorkspace,
  memoryWorkspace,
  signIn,
  clientOf,
  type TestPerson,
  type TestWorkspace,
} from '../testing/index.ts';
import { capturedEditor } from '../testing/captured-editor.ts';
import { sendFile } from '../testing/send-file.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';

const first = capturedEditor('first', [{ extension: 'txt' }, { extension: 'md', actions: ['view'] }]);
const second = capturedEditor('second', [{ extension: 'txt' }, { extension: 'csv', actions: ['edit'] }]);
const lockless = storedDocumentsPlugin(['versions', 'trash', 'shares'], 'lockless');
const look = { language: 'sv', theme: 'light' } as const;
let host: TestWorkspace;
let ann: TestPerson;
let bo: TestPerson;
let home: string;

beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: {
      ...memoryWorkspace,
      plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin(), lockless, first.plugin, second.plugin],
      instances: [
        ...memoryWorkspace.instances,
        { id: 'documents', plugin: 'stored-documents' },
        { id: 'lockless', plugin: 'lockless' },
        { id: 'one', plugin: 'first' },
        { id: 'two', plugin: 'second' },
      ],
      bindings: [
        ...memoryWorkspace.bindings,
        { capability: 'documents', instance: 'documents' },
        { capability: 'office', instance: 'one' },
      ],
    },
  });
  [ann, bo] = [await host.person('Ann'), await host.person('Bo')];
  home = (await ann.api.documents.getHome.mutate({})).node.id;
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => {
  [first.saved, second.saved] = [true, true];
});

const aFile = async (name = `${newId()}.txt`, bytes = 'hej') =>
  (await sendFile(host.url, ann, { parent: home, name, bytes })).id;
const open = (file: string, who = ann, more: object = {}) => who.api.office.open.mutate({ file, ...look, ...more });
const share = (node: string, role: 'viewer' | 'commenter' | 'editor', who = bo) =>
  ann.api.documents.give.mutate({ node, person: who.id, role });
const refusal = (code: string, reason?: string) => ({ data: { detail: { code, ...(reason ? { reason } : {}) } } });
const fails = (code: string, reason?: string) => (reason ? { code, reason } : { code });
const bytes = async function* (text: string) {
  yield new TextEncoder().encode(text);
};
const textOf = async (file: OpenFile) => {
  let text = '';
  for await (const piece of (await file.read()).content) text += Buffer.from(piece).toString();
  return text;
};
const session = (id: string, editor = first, instance = 'one') => editor.files.get(instance)!.bySession(id);

describe('a file is opened', () => {
  test('for whoever has it, with a page of the editor’s and what that says', async () => {
    const id = await aFile('brev.txt', 'hej du');
    const opened = await open(id);
    expect(opened).toMatchObject({ instance: 'one', action: 'edit', data: { for: opened.session } });
    expect(opened.page).toMatchObject({
      id: 'edit',
      kind: 'editor',
      url: `http://one.${new URL(host.url).host}/edit.html`,
    });
    expect(opened.file).toMatchObject({ id, name: 'brev.txt', size: 6, mediaType: 'text/plain' });
    expect(opened.person.id).toMatch(/^[a-z2-7]{26}$/);
    expect(opened.person.name).toBe('');
    const file = await session(opened.session);
    expect([file.file, file.person, file.action, await textOf(file)]).toEqual([id, ann.id, 'edit', 'hej du']);
  });

  test.each([
    ['viewer', 'view', undefined],
    ['commenter', 'comment', undefined],
    ['editor', 'edit', undefined],
    ['editor', 'view', 'view'],
    ['viewer', 'view', 'edit'],
  ] as const)('%s: %s, who asks for %s', async (role, action, asked) => {
    const id = await aFile();
    await share(id, role);
    expect((await open(id, bo, asked ? { action: asked } : {})).action).toBe(action);
  });

  test('with less where the editor can do less, and not at all where it can do nothing', async () => {
    const [note, list, other] = [await aFile('a.md'), await aFile('b.csv'), await aFile('c.odt')];
    expect((await open(note)).action).toBe('view');
    await expect(open(list)).rejects.toMatchObject(refusal('INVALID', 'FORMAT'));
    await expect(open(other)).rejects.toMatchObject(refusal('INVALID', 'FORMAT'));
    await expect(open(home)).rejects.toMatchObject(refusal('INVALID'));
    await expect(open(note, bo)).rejects.toMatchObject(refusal('NOT_FOUND'));
    await expect(open(newId())).rejects.toMatchObject(refusal('NOT_FOUND'));
  });

  test('by one editor, whoever asks for another', async () => {
    const id = await aFile();
    await share(id, 'editor');
    const rule = await host.operator.api.office.openers.add.mutate({ extension: 'csv', instance: 'two' });
    const mine = await open(id, ann, { with: 'two' });
    expect(mine.instance).toBe('two');
    expect((await open(id, bo, { with: 'one' })).instance).toBe('two');
    await host.operator.api.office.openers.remove.mutate(rule);
  });

  test('by one editor, when twenty open it at the same moment with two', async () => {
    const id = await aFile();
    await share(id, 'editor');
    const rule = await host.operator.api.office.openers.add.mutate({ extension: 'csv', instance: 'two' });
    const all = Array.from({ length: 20 }, (_, i) => open(id, i % 2 ? ann : bo, { with: i % 3 ? 'one' : 'two' }));
    const instances = new Set((await Promise.all(all)).map(({ instance }) => instance));
    expect(instances.size).toBe(1);
    await host.operator.api.office.openers.remove.mutate(rule);
  });

  test('by another one only once the last has saved', async () => {
    const id = await aFile();
    const rule = await host.operator.api.office.openers.add.mutate({ extension: 'csv', instance: 'two' });
    const before = await open(id);
    await ann.api.office.close.mutate({ session: before.session });
    first.saved = false;
    expect((await open(id, ann, { with: 'two' })).instance).toBe('one');
    await host.operator.api.office.openers.remove.mutate(rule);
  });

  test('and is not where the editor fails: nothing is left of it', async () => {
    const id = await aFile();
    first.onOpen = async () => {
      throw new CapabilityError('CONFLICT', 'Not now.');
    };
    await expect(open(id)).rejects.toThrow('Not now.');
    first.onOpen = async () => undefined;
    expect(await ann.api.office.editors.query({ files: [id] })).toEqual([]);
  });
});

describe('the rules of which editor opens what', () => {
  test('are looked through in their order', async () => {
    const { openers } = host.operator.api.office;
    const group = (await host.operator.api.groups.add.mutate({ name: 'Redaktion' })).id;
    await host.operator.api.groups.setMember.mutate({ id: group, person: bo.id, member: true });
    const forGroup = await openers.add.mutate({ extension: '*', group, instance: 'two' });
    const forAll = await openers.add.mutate({ extension: 'txt', action: 'view', instance: 'two' });
    const [a, b, c] = [await aFile(), await aFile(), await aFile()];
    for (const id of [a, b, c]) await share(id, 'editor');
    expect((await open(a)).instance).toBe('one');
    expect((await open(b, bo)).instance).toBe('two');
    expect((await open(c, ann, { action: 'view' })).instance).toBe('two');
    await openers.order.mutate({ ids: [forAll.id, forGroup.id] });
    expect((await openers.list.query()).map(({ id }) => id)).toEqual([forAll.id, forGroup.id]);
    await expect(openers.order.mutate({ ids: [forAll.id] })).rejects.toMatchObject(refusal('CONFLICT'));
    await openers.change.mutate({ id: forAll.id, extension: 'md', instance: 'one' });
    for (const rule of [forAll, forGroup]) await openers.remove.mutate(rule);
    expect(await openers.list.query()).toEqual([]);
  });

  test('are an operator’s, name what there is, and are written down', async () => {
    const { openers } = host.operator.api.office;
    await expect(ann.api.office.openers.list.query()).rejects.toMatchObject(refusal('DENIED'));
    await expect(openers.add.mutate({ extension: 'txt', instance: 'nobody' })).rejects.toMatchObject(
      refusal('NOT_FOUND'),
    );
    await expect(openers.add.mutate({ extension: '.txt', instance: 'one' })).rejects.toMatchObject(refusal('INVALID'));
    const rule = await openers.add.mutate({ extension: 'txt', instance: 'one' });
    await openers.remove.mutate(rule);
    const entries = await host.operator.api.system.audit.query({ area: 'opener', limit: 2 });
    expect(entries.map(({ action }) => action)).toEqual(['opener.removed', 'opener.added']);
  });
});

describe('an open file', () => {
  test('is saved in the person’s name, with what it really is, and one that is behind overwrites nothing', async () => {
    const id = await aFile();
    const file = await session((await open(id)).session);
    const before = await file.stat();
    const version = newId();
    const saved = await file.save(bytes('mer'), { version, ifVersion: before.version!.id });
    expect(saved.version).toMatchObject({ id: version, size: 3, savedBy: ann.id, mediaType: 'text/plain' });
    await expect(file.save(bytes('annat'), { version: newId(), ifVersion: before.version!.id })).rejects.toMatchObject(
      fails('CONFLICT', 'CHANGED'),
    );
    expect(await textOf(file)).toBe('mer');
    await file.save(bytes('mer'), { version });
    expect((await file.stat()).version!.id).toBe(version);
  });

  test('is renamed, and has others made beside it', async () => {
    const file = await session((await open(await aFile('gammal.txt'))).session);
    expect((await file.rename('ny.txt')).name).toBe('ny.txt');
    const beside = await file.saveBeside(bytes('kopia'), { id: newId(), version: newId(), name: 'bredvid.txt' });
    expect(beside).toMatchObject({ name: 'bredvid.txt', parent: home });
    await expect(
      file.saveBeside(bytes('kopia'), { id: newId(), version: newId(), name: 'bredvid.txt' }),
    ).rejects.toMatchObject(fails('CONFLICT', 'NAME_TAKEN'));
    await file.remove();
    await expect(file.stat()).rejects.toMatchObject(fails('NOT_FOUND'));
  });

  test('reaches what it has saved beside, for as long as it lasts itself, and nothing else', async () => {
    const id = await aFile();
    const opened = await open(id);
    const file = await session(opened.session);
    expect(file.address).toBe(`${host.url}/edit/${id}`);
    const { id: copy } = await file.saveBeside(bytes('kopia'), {
      id: newId(),
      version: newId(),
      name: `${newId()}.txt`,
    });
    const beside = await file.openBeside(copy);
    expect(await file.openBeside(copy)).toBe(beside);
    const other = await session(beside);
    expect([other.file, other.person, other.action, await textOf(other)]).toEqual([copy, ann.id, 'edit', 'kopia']);
    await other.save(bytes('kopia två'), { version: newId() });
    const { id: third } = await other.saveBeside(bytes('x'), { id: newId(), version: newId(), name: `${newId()}.txt` });
    expect((await session(await other.openBeside(third))).file).toBe(third);
    for (const stranger of [id, await aFile(), newId(), 'x'])
      await expect(file.openBeside(stranger)).rejects.toMatchObject(fails('NOT_FOUND'));
    await expect(session(beside, second, 'two')).rejects.toMatchObject(fails('NOT_FOUND'));
    await host.operator.api.office.revoke.mutate({ session: opened.session });
    await expect(other.stat()).rejects.toMatchObject(fails('NOT_FOUND'));
    await expect(session(beside)).rejects.toMatchObject(fails('NOT_FOUND'));
  });

  test('is written by nobody who looks at it, whatever else they may do', async () => {
    const file = await session((await open(await aFile(), ann, { action: 'view' })).session);
    const denied = fails('DENIED');
    await expect(file.save(bytes('x'), { version: newId() })).rejects.toMatchObject(denied);
    await expect(file.saveBeside(bytes('x'), { id: newId(), version: newId(), name: 'x' })).rejects.toMatchObject(
      denied,
    );
    for (const change of [
      () => file.rename('x.txt'),
      () => file.remove(),
      () => file.lock('x', 60),
      () => file.unlock('x'),
    ])
      await expect(change()).rejects.toMatchObject(denied);
    expect(await textOf(file)).toBe('hej');
  });

  test.each(['documents', 'lockless'])('is locked by a token, and written by whoever has it: %s', async (provider) => {
    const { kernel } = host.services((services) => services);
    const others = kernel.bindings.all.filter(({ capability }) => capability !== 'documents');
    const bind = (instance: string) =>
      kernel.bind([...others, { capability: 'documents', scope: { kind: 'default' }, instance, generation: 1 }]);
    bind(provider);
    const parent = (await ann.api.documents.getHome.mutate({})).node.id;
    const { id } = await sendFile(host.url, ann, { parent, name: `${newId()}.txt`, bytes: 'hej' });
    const file = await session((await open(id)).session);
    expect(await file.lockNow()).toBeUndefined();
    const lock = await file.lock('a', 60);
    expect(lock.token).toBe('a');
    expect(await file.lockNow()).toEqual(lock);
    expect((await file.lock('a', 600)).expiresAt).toBeGreaterThan(lock.expiresAt);
    const locked = fails('CONFLICT', 'LOCKED');
    await expect(file.lock('b', 60)).rejects.toMatchObject(locked);
    await expect(file.unlock('b')).rejects.toMatchObject(locked);
    await expect(file.save(bytes('x'), { version: newId() })).rejects.toMatchObject(locked);
    await expect(file.save(bytes('x'), { version: newId(), locks: ['b'] })).rejects.toMatchObject(locked);
    await expect(file.rename('låst.txt')).rejects.toMatchObject(locked);
    await file.save(bytes('x'), { version: newId(), locks: ['b', 'a'] });
    await file.unlock('a');
    await expect(file.unlock('a')).rejects.toMatchObject(locked);
    expect(await file.lockNow()).toBeUndefined();
    await expect(file.lock('', 60)).rejects.toMatchObject(fails('INVALID'));
    await expect(file.lock('a', 86_401)).rejects.toMatchObject(fails('INVALID'));
    bind('documents');
  });

  test('is another instance’s no more than a stranger’s', async () => {
    const { session: id } = await open(await aFile());
    for (const wanted of [id, newId(), 'x'])
      await expect(second.files.get('two')!.bySession(wanted)).rejects.toMatchObject(fails('NOT_FOUND'));
  });
});

describe('a session ends', () => {
  const over = fails('NOT_FOUND');

  test('when it is closed; what is not saved yet still can be, for an hour', async () => {
    const id = await aFile();
    const { session: of } = await open(id);
    const file = await session(of);
    await ann.api.office.close.mutate({ session: of });
    expect(first.closed).toContain(of);
    expect(await ann.api.office.beat.mutate({ session: of })).toMatchObject({ open: false, because: 'closed' });
    await file.save(bytes('efter'), { version: newId() });
    const { db } = host.services(({ database }) => database);
    const hourAgo = Date.now() - 3_600_001;
    await db.updateTable('valfri.office_sessions').set({ closed_at: hourAgo }).where('id', '=', of).execute();
    await expect(file.stat()).rejects.toMatchObject(over);
    await expect(session(of)).rejects.toMatchObject(over);
  });

  test('when nothing is heard of it; and goes on where its person comes back', async () => {
    const { session: of } = await open(await aFile());
    const { database, office } = host.services((services) => services);
    const set = (seen_at: number) =>
      database.db.updateTable('valfri.office_sessions').set({ seen_at }).where('id', '=', of).execute();
    await set(Date.now() - 55_000);
    await office.sweep();
    expect(await ann.api.office.beat.mutate({ session: of })).toMatchObject({ open: true, people: [ann.id] });
    await set(Date.now() - 61_000);
    await office.sweep();
    expect(first.closed).toContain(of);
    const times = first.opened.filter((each) => each.session === of).length;
    expect(await ann.api.office.beat.mutate({ session: of })).toMatchObject({ open: true, people: [ann.id] });
    expect(first.opened.filter((each) => each.session === of)).toHaveLength(times + 1);
  });

  test('when an operator takes it away, closed or not', async () => {
    const { session: of } = await open(await aFile());
    const file = await session(of);
    await ann.api.office.close.mutate({ session: of });
    await expect(ann.api.office.revoke.mutate({ session: of })).rejects.toMatchObject(refusal('DENIED'));
    await host.operator.api.office.revoke.mutate({ session: of });
    await expect(file.save(bytes('x'), { version: newId() })).rejects.toMatchObject(over);
    expect(await ann.api.office.beat.mutate({ session: of })).toMatchObject({ open: false, because: 'revoked' });
    const [entry] = await host.operator.api.system.audit.query({ area: 'office', limit: 1 });
    expect(entry).toMatchObject({ action: 'office.revoked', details: { person: ann.id, instance: 'one' } });
  });

  test('when its person may not see the file any more', async () => {
    const id = await aFile();
    await share(id, 'editor');
    const { session: of } = await open(id, bo);
    const file = await session(of);
    await ann.api.documents.take.mutate({ node: id, person: bo.id });
    await expect(file.read()).rejects.toMatchObject(over);
    await expect.poll(async () => (await bo.api.office.beat.mutate({ session: of })).open).toBe(false);
  });

  test('when its person is sent away, or their sign-in is over', async () => {
    const id = await aFile();
    const eva = await host.person('Eva');
    await share(id, 'editor', eva);
    const file = await session((await open(id, eva)).session);
    await host.operator.api.people.change.mutate({ id: eva.id, disabled: true });
    await expect(file.stat()).rejects.toMatchObject(over);
    const cookie = await signIn(host.url, ann);
    const again = clientOf(host.url, cookie);
    const opened = await again.office.open.mutate({ file: id, ...look });
    const mine = await session(opened.session);
    await mine.stat();
    await expect(ann.api.office.beat.mutate({ session: opened.session })).rejects.toMatchObject(refusal('NOT_FOUND'));
    const headers = { cookie, 'content-type': 'application/json', origin: host.url };
    await fetch(`${host.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' });
    await expect(mine.stat()).rejects.toMatchObject(over);
    const { office } = host.services((services) => services);
    await office.sweep();
    const open_ = (await host.operator.api.office.sessions.query()).map(({ id: known }) => known);
    expect(open_).not.toContain(opened.session);
  });
});

test('who has a file open is told to those who may see it', async () => {
  const id = await aFile();
  await open(id);
  expect(await ann.api.office.editors.query({ files: [id, newId()] })).toEqual([{ file: id, people: [ann.id] }]);
  expect(await bo.api.office.editors.query({ files: [id] })).toEqual([]);
  await share(id, 'viewer');
  expect(await bo.api.office.editors.query({ files: [id] })).toEqual([{ file: id, people: [ann.id] }]);
});

test('nobody calls an editor past the host', async () => {
  const { office } = ann.api as unknown as { office: Record<string, { mutate(input: object): Promise<unknown> }> };
  await expect(office['openFile']!.mutate({})).rejects.toThrow(/No .*procedure/);
  await expect(office['closeSession']!.mutate({ session: newId() })).rejects.toThrow(/No .*procedure/);
});
