import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestWorkspace } from '../testing/index.ts';
import { createDavWorkspace, type DavPerson, davPerson } from './testing/dav-workspace.ts';

let workspace: TestWorkspace;
let ann: DavPerson;
let bo: DavPerson;
let home: string;
beforeAll(async () => {
  ({ workspace, ann } = await createDavWorkspace());
  bo = await davPerson(workspace, await workspace.person('Bo'));
  await ann.dav('MKCOL', '/shared/Delat');
  const { nodes } = await ann.api.documents.listShared.query({});
  home = nodes[0]!.id;
  await ann.api.documents.give.mutate({ node: home, person: bo.id, role: 'editor' });
});
afterAll(() => workspace[Symbol.asyncDispose]());

const info = (owner = 'Ann', scope = 'exclusive') =>
  `<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>${owner}</D:owner></D:lockinfo>`;
const lock = async (who: DavPerson, path: string, headers = {}, body = info()) => {
  const answer = await who.dav('LOCK', path, { headers: { depth: '0', ...headers }, body });
  return { ...answer, token: String(answer.headers['lock-token'] ?? '').slice(1, -1) };
};
const unlock = (who: DavPerson, path: string, token: string) =>
  who.dav('UNLOCK', path, { headers: { 'lock-token': `<${token}>` } });
const put = async (who: DavPerson, path: string, headers = {}) =>
  (await who.dav('PUT', path, { body: 'x', headers })).status;

test('a lock keeps others out, and a token is no key in another’s hand', async () => {
  await put(ann, '/shared/Delat/a.txt');
  const { status, token } = await lock(ann, '/shared/Delat/a.txt');
  expect(status).toBe(200);
  expect(await put(bo, '/shared/Delat/a.txt')).toBe(423);
  expect(await put(bo, '/shared/Delat/a.txt', { if: `(<${token}>)` })).toBe(412);
  expect(await put(bo, '/shared/Delat/a.txt', { if: `(Not <DAV:no-lock>) (<${token}>)` })).toBe(423);
  expect(await put(ann, '/shared/Delat/a.txt')).toBe(423);
  expect(await put(ann, '/shared/Delat/a.txt', { if: `(<${token}>)` })).toBe(204);
  for (const [method, headers] of [
    ['DELETE', {}],
    ['PROPPATCH', {}],
    ['MOVE', { destination: '/dav/shared/Delat/b.txt' }],
  ] as const) {
    const body =
      method === 'PROPPATCH'
        ? '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x/></D:prop></D:set></D:propertyupdate>'
        : '';
    expect((await bo.dav(method, '/shared/Delat/a.txt', { headers, body })).status, method).toBe(423);
  }
  expect((await unlock(bo, '/shared/Delat/a.txt', token)).status).toBe(403);
  expect((await unlock(ann, '/shared/Delat/a.txt', 'urn:uuid:other')).status).toBe(409);
  expect((await unlock(ann, '/shared/Delat/a.txt', token)).status).toBe(204);
  expect(await put(bo, '/shared/Delat/a.txt')).toBe(204);
});

test('others see that it is locked, and by what is said of the owner, but not the token', async () => {
  await put(ann, '/shared/Delat/sedd.txt');
  const owner = '<D:href>mailto:ann</D:href>';
  const { token, text } = await lock(ann, '/shared/Delat/sedd.txt', { timeout: 'Infinite, Second-60' }, info(owner));
  expect(text).toContain('<D:owner><D:href xmlns:D="DAV:">mailto:ann</D:href></D:owner>');
  expect(text).toContain('<D:lockroot><D:href>/dav/shared/Delat/sedd.txt</D:href></D:lockroot>');
  const seen = async (who: DavPerson) => (await who.dav('PROPFIND', '/shared/Delat', { headers: { depth: '1' } })).text;
  expect(await seen(ann)).toContain(token);
  expect(await seen(bo)).toContain('mailto:ann');
  expect(await seen(bo)).not.toContain(token);
});

test('what a lock’s owner is called elsewhere is a text, whatever stands in it', async () => {
  await put(ann, '/shared/Delat/not.txt');
  const { node } = await ann.api.documents.find.query({ folder: home, name: 'not.txt' });
  const note = '</D:owner><D:evil/> a < b';
  await ann.api.documents.lock.mutate({ node: node.id, token: 'of-an-editor', note });
  const { text } = await bo.dav('PROPFIND', '/shared/Delat/not.txt', { headers: { depth: '0' } });
  expect(text).toContain('<D:owner>&lt;/D:owner&gt;&lt;D:evil/&gt; a &lt; b</D:owner>');
});

test('a lock where nothing is makes an empty file; where it cannot hold, none', async () => {
  const made = await lock(ann, '/shared/Delat/ny.txt');
  expect(made.status).toBe(201);
  expect(await ann.dav('GET', '/shared/Delat/ny.txt')).toMatchObject({ status: 200, text: '' });
  expect(await put(ann, '/shared/Delat/ny.txt', { if: `(<${made.token}>)` })).toBe(204);
  const tooLong = await lock(ann, '/shared/Delat/ägare.txt'.replace('ä', '%C3%A4'), {}, info('x'.repeat(1_001)));
  expect(tooLong.status).toBe(400);
  expect((await ann.dav('GET', '/shared/Delat/%C3%A4gare.txt')).status).toBe(404);
});

test('a deep lock holds for what is made in it, and is refreshed from there', async () => {
  await ann.dav('MKCOL', '/shared/Delat/djup');
  const { token } = await lock(ann, '/shared/Delat/djup', { depth: 'infinity', timeout: 'Second-100' });
  expect(await put(bo, '/shared/Delat/djup/b.txt')).toBe(423);
  expect(await put(ann, '/shared/Delat/djup/a.txt', { if: `</dav/shared/Delat/djup/> (<${token}>)` })).toBe(201);
  const refreshed = await ann.dav('LOCK', '/shared/Delat/djup/a.txt', {
    headers: { if: `(<${token}>)`, timeout: 'Second-500' },
  });
  expect(refreshed.text).toMatch(/Second-(500|499)</);
  expect(refreshed.text).toContain('<D:href>/dav/shared/Delat/djup/</D:href>');
  const foreign = await bo.dav('LOCK', '/shared/Delat/djup/a.txt', { headers: { if: `(<${token}>)` } });
  expect(foreign.status).toBe(412);
});

test('shared locks are beside each other, and not beside another’s own', async () => {
  await put(ann, '/shared/Delat/två.txt'.replace('å', '%C3%A5'));
  const path = '/shared/Delat/tv%C3%A5.txt';
  expect((await lock(ann, path, {}, info('Ann', 'shared'))).status).toBe(200);
  expect((await lock(bo, path, {}, info('Bo', 'shared'))).status).toBe(200);
  expect(await lock(bo, path)).toMatchObject({ status: 423, text: expect.stringContaining('no-conflicting-lock') });
});

test('locks are capped, and the tree itself is not locked', async () => {
  for (const path of ['/', '/shared']) expect((await lock(bo, path, { depth: 'infinity' })).status).toBe(403);
  const statuses: number[] = [];
  for (let i = 0; i < 105; i++) statuses.push((await lock(bo, `/home/${i}.txt`)).status);
  expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(100);
  expect(statuses.at(-1)).toBe(507);
  expect((await bo.dav('GET', '/home/104.txt')).status).toBe(404);
});

test('a malformed If header is refused, and none of it is believed', async () => {
  for (const given of ['(', '()', '(<a>', '<a>', '("x")', '(Not)', '(<a>) <b> (<c>)', `(${'<a>'.repeat(200)})`])
    expect(await put(ann, '/shared/Delat/a.txt', { if: given }), given.slice(0, 20)).toBe(400);
  expect(await put(ann, '/shared/Delat/a.txt', { if: '<http://elsewhere.example/x> (Not <a>)' })).toBe(412);
  expect(await put(ann, '/shared/Delat/a.txt', { if: '(["no"]) (Not <urn:x>)' })).toBe(204);
});
