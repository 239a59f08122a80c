import { memoryChatPlugin } from '@valfri/sdk/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWorkspace, memoryWorkspace, storedChatPlugin, type TestWorkspace } from '../testing/index.ts';
import { Troublemaker } from '../testing/troublemaker.ts';

const trouble = new Troublemaker();
const workspace = { ...memoryWorkspace, plugins: [memoryChatPlugin(), trouble.plugin, storedChatPlugin()] };
let host: TestWorkspace;
beforeAll(async () => void (host = await createTestWorkspace({ workspace })));
afterAll(() => host[Symbol.asyncDispose]());

const functions = () => host.operator.api.functions;
const provider = async (id: string) => (await functions().list.query())[0]!.instances.find((each) => each.id === id);

describe('two operators at once', () => {
  test('who change one provider leave it well, as the last of them wanted it', async () => {
    await functions().addInstance.mutate({ id: 'both', plugin: 'chat-stored', title: 'Ny' });
    const titles = ['Ett', 'Två', 'Tre', 'Fyra'];
    await Promise.all(titles.map((title) => functions().changeInstance.mutate({ id: 'both', title })));
    const left = await provider('both');
    expect([left?.health, titles.includes(left?.title ?? '')]).toEqual([{ ok: true }, true]);
    await functions().removeInstance.mutate({ id: 'both', eraseData: true });
    await functions().addInstance.mutate({ id: 'both', plugin: 'chat-stored', title: 'Igen' });
    expect((await provider('both'))?.health).toEqual({ ok: true });
    await functions().removeInstance.mutate({ id: 'both', eraseData: true });
  });

  test('who add one of the same short name: one of them is told', async () => {
    const added = await Promise.allSettled(
      ['Ett', 'Två'].map((title) => functions().addInstance.mutate({ id: 'same', plugin: 'chat-stored', title })),
    );
    expect(added.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await provider('same'))?.health).toEqual({ ok: true });
    await functions().removeInstance.mutate({ id: 'same', eraseData: true });
  });
});
