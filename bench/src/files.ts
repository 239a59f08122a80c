import { newId } from '@valfri/core';
import { documents } from '@valfri/sdk';
import { createTestHost } from '@valfri/sdk/testing';
import { fillFolder, storedDocumentsPlugin } from '@valfri/server/testing';
import { sql } from 'kysely';
import { percentile, print, rounded } from './lib/report.ts';

const FILES = Number(process.env['FILES'] ?? 100_000);
const TIMES = 30;

// What a page of a very large folder costs: the first, one by a jump deep into it, and one by how a name begins.
await using host = await createTestHost({ capability: documents, plugin: storedDocumentsPlugin() });
const person = newId();
const files = host.as(person);
const folder = newId();
const home = (await files.getHome({})).node.id;
await files.createFolder({ id: folder, parent: home, name: 'Stor' });
const { db } = host.database;
await fillFolder(db, 'subject', { folder, person, count: FILES });

const deep = Math.floor(FILES * 0.9);
const pages = {
  first: () => files.list({ folder }),
  deep: () => files.list({ folder, at: deep }),
  named: () => files.list({ folder, startsWith: 'Ärende 9' }),
  deepByTime: () => files.list({ folder, sort: 'modified', at: deep }),
  deepBySize: () => files.list({ folder, sort: 'size', descending: true, at: deep }),
  bare: () => sql`SELECT 1`.execute(db),
};

const figures: Record<string, number> = {};
for (const [name, read] of Object.entries(pages)) {
  const taken: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const began = performance.now();
    await read();
    taken.push(performance.now() - began);
  }
  figures[`${name}MsP50`] = rounded(percentile(taken, 0.5));
  figures[`${name}MsP95`] = rounded(percentile(taken, 0.95));
}
print('files', { files: FILES, ...figures, ratioToFirst: rounded(figures['deepMsP50']! / figures['firstMsP50']!) });
