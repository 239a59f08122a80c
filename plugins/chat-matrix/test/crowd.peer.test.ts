import { newId } from '@valfri/sdk';
import { someone } from '@valfri/sdk/conformance';
import { describe, expect, test } from 'vitest';
import { createMatrixHost, digestsOf, sharedSynapse } from './harness/matrix-host.ts';

const CROWD = 40;

describe.skipIf(!sharedSynapse)('a room with many people', () => {
  test('has them all, those of before and those who are added', async () => {
    await using host = await createMatrixHost();
    const ann = someone(host);
    const [first, more] = [0, 1].map(() => Array.from({ length: CROWD }, () => newId())) as [string[], string[]];
    const room = newId();
    const began = performance.now();
    await ann.chat.createRoom({ id: room, kind: 'group', name: 'Alla', people: first }, { timeout: 60_000 });
    const made = performance.now();
    await ann.chat.addMembers({ room, people: more }, { timeout: 60_000 });
    const [making, adding] = [made - began, performance.now() - made];
    console.log(`${CROWD} people: made with ${Math.round(making)} ms, added ${Math.round(adding)} ms`);
    const { members } = await ann.chat.listMembers({ room, limit: 500 });
    expect(members.map(({ person }) => person).sort()).toEqual([ann.id, ...first, ...more].sort());
    expect(await digestsOf(host)).toEqual(await digestsOf(host, true));
  });
});
