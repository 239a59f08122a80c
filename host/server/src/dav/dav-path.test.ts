import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawRequest, type TestWorkspace } from '../testing/index.ts';
import { hrefOf, pathOf, pathOfAddress } from './dav-path.ts';
import { createDavWorkspace, type DavPerson } from './testing/dav-workspace.ts';

const SECRET = 'nobody may read this';

let workspace: TestWorkspace;
let ann: DavPerson;
beforeAll(async () => {
  ({ workspace, ann } = await createDavWorkspace());
  writeFileSync(join(workspace.directory, 'secret.txt'), SECRET);
});
afterAll(() => workspace[Symbol.asyncDispose]());

const DOTS = [
  ...[
    '..',
    '%2e%2e',
    '%2E%2E',
    '.%2e',
    '%2e.',
    '%252e%252e',
    '%25252e%25252e',
    '...',
    '....',
    '.%20.',
    '..%20',
    '%20..',
  ],
  ...[
    '..%00',
    '%00..',
    '..;',
    '..%3b',
    '..%09',
    '..%0a',
    '%c0%ae%c0%ae',
    '%e0%80%ae%e0%80%ae',
    '%f0%80%80%ae.',
    '..%ff',
  ],
  ...[
    '%uff0e%uff0e',
    '%ef%bc%8e%ef%bc%8e',
    '%e2%80%a4%e2%80%a4',
    '%e2%80%a5',
    '%c2%ae',
    '%2e%2e%2e',
    '~',
    '%7e',
    '..%5c..',
  ],
];
const SLASHES = [
  '/',
  '%2f',
  '%2F',
  '%252f',
  '%5c',
  '%255c',
  '//',
  '/./',
  '%c0%af',
  '%e0%80%af',
  '%e2%88%95',
  '%ef%bc%8f',
];

/** Ways up, in every spelling. */
const climbs = DOTS.flatMap((dots) => SLASHES.map((slash) => `${`${dots}${slash}`.repeat(4)}secret.txt`));

test('no spelling of a way up leads anywhere: it is refused, or a name that is only a name', async () => {
  expect(climbs.length).toBeGreaterThanOrEqual(300);
  const others: string[] = [];
  for (const climb of climbs) {
    const { status, text } = await ann.dav('GET', `/home/${climb}`);
    expect(text).not.toContain(SECRET);
    if (status < 400 || status >= 500) others.push(`${climb}: ${status}`);
  }
  expect(others).toEqual([]);
});

test('what is written under such a name is in the folder, and nowhere else', async () => {
  const before = readdirSync(workspace.directory).toSorted();
  const made: string[] = [];
  for (const climb of climbs.filter((_, i) => i % 7 === 0)) {
    const { status } = await ann.dav('PUT', `/home/${climb}`, { body: 'x' });
    expect(status === 201 || (status >= 400 && status < 500), `${climb}: ${status}`).toBe(true);
    if (status === 201) made.push(climb);
  }
  for (const climb of climbs.filter((_, i) => i % 11 === 0)) {
    const headers = { destination: `/dav/home/${climb}` };
    const { status } = await ann.dav('COPY', '/home/', { headers });
    expect(status, climb).toBeGreaterThanOrEqual(400);
  }
  const { node: home } = await ann.api.documents.getHome.mutate({});
  const { count } = await ann.api.documents.list.query({ folder: home.id });
  expect(count).toBe(made.length);
  expect(readdirSync(workspace.directory).toSorted()).toEqual(before);
});

test('such an address at the top is nobody’s', async () => {
  const { authorization } = ann;
  for (const path of [
    '/dav/../healthz',
    '/dav/%2e%2e/healthz',
    '/dav/..%2fhealthz',
    '/dav%2f..%2fhealthz',
    '/davx/home',
  ]) {
    const { status } = await rawRequest(workspace.url, { path, headers: { authorization } });
    expect(status, path).toBeGreaterThanOrEqual(400);
  }
});

test('names go there and back', () => {
  const names = ['home', 'å ä ö', '100 %', 'a#b?c', 'a&b<c>"d\'', '日本', '🙂', 'a;b=c', '~x', '%2e%2e'];
  expect(pathOf(hrefOf(names, true))).toEqual(names);
  expect(pathOfAddress(`https://Work.example${hrefOf(names, false)}`, new Set(['work.example']))).toEqual(names);
});
