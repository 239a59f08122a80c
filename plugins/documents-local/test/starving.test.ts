import { documents, newId } from '@valfri/sdk';
import { createTestHost } from '@valfri/sdk/testing';
import { expect, test } from 'vitest';
import { documentsLocal } from '../src/index.ts';

/** Writes that are under way at any time: there is always one that has begun and not ended. */
const STREAMS = 8;

test('what changes the tree has its turn, however many write beside it', { timeout: 60_000 }, async () => {
  await using host = await createTestHost({ capability: documents, plugin: documentsLocal });
  const anna = host.as(newId());
  const home = (await anna.getHome({})).node.id;
  const folder = newId();
  await anna.createFolder({ id: folder, parent: home, name: 'Före' });
  let ended = false;
  const stream = async () => {
    const other = host.as(newId());
    while (!ended) await other.getHome({});
  };
  const streams = Array.from({ length: STREAMS }, stream);
  try {
    for (const name of ['Efter', 'Sedan', 'Till sist'])
      expect((await anna.move({ node: folder, name }, { timeout: 5_000 })).node.name).toBe(name);
  } finally {
    ended = true;
    await Promise.all(streams);
  }
});
