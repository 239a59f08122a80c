import { newId, type SwapState } from '@valfri/core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { capturedEditor } from '../testing/captured-editor.ts';
import { createTestWorkspace, memoryWorkspace, type TestPerson, type TestWorkspace } from '../testing/index.ts';
import { sendFile } from '../testing/send-file.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';

vi.setConfig({ testTimeout: 60_000 });
const first = capturedEditor('first', [{ extension: 'txt' }]);
const second = capturedEditor('second', [{ extension: 'txt' }]);
const look = { language: 'sv', theme: 'light' } as const;
let host: TestWorkspace;
let ann: TestPerson;
let home: string;

beforeAll(async () => {
  host = await createTestWorkspace({
    workspace: {
      ...memoryWorkspace,
      plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin(), first.plugin, second.plugin],
      instances: [
        ...memoryWorkspace.instances,
        { id: 'documents', plugin: 'stored-documents' },
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
  ann = await host.person('Ann');
  home = (await ann.api.documents.getHome.mutate({})).node.id;
});
afterAll(() => host[Symbol.asyncDispose]());

const aFile = async () => (await sendFile(host.url, ann, { parent: home, name: `${newId()}.txt`, bytes: 'x' })).id;
const open = (file: string) => ann.api.office.open.mutate({ file, ...look });
const until = (id: string, state: SwapState) =>
  expect.poll(async () => (await host.operator.api.swaps.get.query({ id })).state, { timeout: 20_000 }).toBe(state);

test('office moves once all that is open is saved, with its rules, and back', async () => {
  const { swaps, office, functions } = host.operator.api;
  const file = await aFile();
  const before = await open(file);
  await open(await aFile());
  await office.openers.add.mutate({ extension: 'md', instance: 'one' });
  const plan = await swaps.plan.mutate({ capability: 'office', to: 'two' });
  expect(plan.plan).toMatchObject({ records: [], inHand: 2, needsConsent: false });

  first.saved = false;
  await swaps.begin.mutate({ id: plan.id });
  await until(plan.id, 'stopped');
  const stopped = await swaps.get.query({ id: plan.id });
  expect(stopped.failure).toMatchObject({ code: 'UNFINISHED', during: 'preparing' });
  expect(stopped.failure!.message).toContain('2 of 2 files');
  expect(await ann.api.office.beat.mutate({ session: before.session })).toMatchObject({ open: true });
  expect((await open(file)).instance).toBe('one');

  first.saved = true;
  // Who opens something while it switches waits, and is with the new one.
  const asked = first.savesAsked;
  await swaps.begin.mutate({ id: plan.id });
  await expect.poll(() => first.savesAsked).toBeGreaterThan(asked);
  const meanwhile = await aFile();
  await until(plan.id, 'observing');
  expect(first.closed).toContain(before.session);
  expect((await open(file)).instance).toBe('two');
  expect((await open(meanwhile)).instance).toBe('two');
  expect(await ann.api.office.beat.mutate({ session: before.session })).toMatchObject({
    open: false,
    because: 'closed',
  });
  expect((await office.openers.list.query()).map(({ instance }) => instance)).toEqual(['two']);
  const known = (await functions.list.query()).find(({ id }) => id === 'office');
  expect(known!.bindings.map(({ instance }) => instance)).toEqual(['two']);

  second.saved = false;
  await swaps.ask.mutate({ id: plan.id, wish: 'rollback' });
  await expect
    .poll(async () => (await swaps.get.query({ id: plan.id })).failure, { timeout: 20_000 })
    .toMatchObject({ code: 'UNFINISHED', during: 'rollingBack' });
  second.saved = true;
  await swaps.ask.mutate({ id: plan.id, wish: 'rollback' });
  await until(plan.id, 'rolledBack');
  expect((await open(file)).instance).toBe('one');
  expect((await office.openers.list.query()).map(({ instance }) => instance)).toEqual(['one']);
});

test('whoever opens a file while nothing may begin waits, and is with whoever serves then', async () => {
  const { kernel, bindings } = host.services((services) => services);
  const fence = kernel.instances.get('one')!.fence;
  await fence.close(1_000);
  const file = await aFile();
  let opened: string | undefined;
  const opening = open(file).then(({ instance }) => (opened = instance));
  await expect.poll(() => fence.waiting).toBe(1);
  expect(opened).toBeUndefined();
  kernel.bind(
    (await bindings.all()).map((each) => (each.capability === 'office' ? { ...each, instance: 'two' } : each)),
  );
  fence.open();
  expect(await opening).toBe('two');
  kernel.bind(await bindings.all());
});

test('who serves may change while it is looked up who would open a file', async () => {
  const { kernel, bindings, editors } = host.services((services) => services);
  const file = await aFile();
  const { candidates } = editors;
  // Between the look and the choice, as a move that has nothing to save switches.
  editors.candidates = async (...given) => {
    const found = await candidates.apply(editors, given);
    editors.candidates = candidates;
    kernel.bind(
      (await bindings.all()).map((each) => (each.capability === 'office' ? { ...each, instance: 'two' } : each)),
    );
    return found;
  };
  expect((await open(file)).instance).toBe('two');
  kernel.bind(await bindings.all());
});

test('a move is kept: a host that begins again goes on observing', async () => {
  const { swaps } = host.operator.api;
  const { id } = await swaps.plan.mutate({ capability: 'office', to: 'two' });
  await swaps.begin.mutate({ id });
  await until(id, 'observing');
  await host.restart();
  await until(id, 'observing');
  await host.operator.api.swaps.ask.mutate({ id, wish: 'retire' });
  await until(id, 'retired');
});
