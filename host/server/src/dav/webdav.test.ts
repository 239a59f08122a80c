import { newId } from '@valfri/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest, type TestWorkspace } from '../testing/index.ts';
import { basic, createDavWorkspace, type DavPerson, davPerson, documentsWorkspace } from './testing/dav-workspace.ts';
import { createTestWorkspace } from '../testing/index.ts';

let workspace: TestWorkspace;
let ann: DavPerson;
let bo: DavPerson;
beforeAll(async () => {
  ({ workspace, ann } = await createDavWorkspace());
  bo = await davPerson(workspace, await workspace.person('Bo'));
});
afterAll(() => workspace[Symbol.asyncDispose]());

const put = (who: DavPerson, path: string, body: string | Buffer, headers = {}) =>
  who.dav('PUT', path, { body, headers });
const destination = (path: string, more = {}) => ({
  headers: { destination: `${workspace.url}/dav${path}`, ...more },
});
const homeOf = async (who: DavPerson) => (await who.api.documents.getHome.mutate({})).node.id;
const nodeAt = async (who: DavPerson, name: string) =>
  (await who.api.documents.find.query({ folder: await homeOf(who), name })).node;

describe('files', () => {
  test('what is put is there, in the workspace too, with its kind by what it holds', async () => {
    const name = 'Räksmörgås åäö.md';
    const path = `/home/${encodeURIComponent(name)}`;
    const made = await put(ann, path, '# Hej');
    expect(made.status).toBe(201);
    const node = await nodeAt(ann, name);
    expect(node.version).toMatchObject({ mediaType: 'text/markdown', size: 6 - 1 });
    expect(made.headers.etag).toBe(`"${node.version!.id}"`);
    const got = await ann.dav('GET', path);
    expect(got).toMatchObject({ status: 200, text: '# Hej' });
    expect(got.headers).toMatchObject({ etag: made.headers.etag, 'x-content-type-options': 'nosniff' });
    expect(got.headers['content-security-policy']).toMatch(/^sandbox;/);
  });

  test('a name in another form of Unicode is the same name', async () => {
    await put(ann, `/home/${encodeURIComponent('é'.normalize('NFD'))}.txt`, 'en');
    expect((await put(ann, `/home/${encodeURIComponent('é'.normalize('NFC'))}.txt`, 'två')).status).toBe(204);
  });

  test('parts, and conditions of reading', async () => {
    const { headers } = await put(ann, '/home/delar.txt', '0123456789');
    const etag = headers.etag!;
    const get = (given: Record<string, string>) => ann.dav('GET', '/home/delar.txt', { headers: given });
    expect(await get({ range: 'bytes=2-4' })).toMatchObject({ status: 206, text: '234' });
    expect(await get({ range: 'bytes=-3' })).toMatchObject({ status: 206, text: '789' });
    expect(await get({ range: 'bytes=8-' })).toMatchObject({ status: 206, text: '89' });
    expect((await get({ range: 'bytes=8-' })).headers['content-range']).toBe('bytes 8-9/10');
    expect((await get({ range: 'bytes=10-' })).status).toBe(416);
    expect(await get({ range: 'bytes=2-4', 'if-range': '"another"' })).toMatchObject({
      status: 200,
      text: '0123456789',
    });
    expect(await get({ range: 'bytes=2-4', 'if-range': etag })).toMatchObject({ status: 206 });
    expect(await get({ 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
    expect((await get({ 'if-match': '"another"' })).status).toBe(412);
    const head = await ann.dav('HEAD', '/home/delar.txt');
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-length']).toBe('10');
    expect((await get({ 'if-modified-since': head.headers['last-modified']! })).status).toBe(304);
  });

  test('conditions of writing', async () => {
    const first = await put(ann, '/home/villkor.txt', 'a', { 'if-none-match': '*' });
    expect(first.status).toBe(201);
    expect((await put(ann, '/home/villkor.txt', 'b', { 'if-none-match': '*' })).status).toBe(412);
    const second = await put(ann, '/home/villkor.txt', 'b', { 'if-match': first.headers.etag });
    expect(second.status).toBe(204);
    expect((await put(ann, '/home/villkor.txt', 'c', { 'if-match': first.headers.etag })).status).toBe(412);
    expect((await put(ann, '/home/finns-inte.txt', 'c', { 'if-match': '*' })).status).toBe(412);
    expect((await ann.dav('DELETE', '/home/villkor.txt', { headers: { 'if-match': '"x"' } })).status).toBe(412);
    expect((await ann.dav('GET', '/home/villkor.txt')).text).toBe('b');
  });

  test('a part is not taken, nor a file where a folder is missing or stands', async () => {
    expect((await put(ann, '/home/a.txt', 'x', { 'content-range': 'bytes 0-0/1' })).status).toBe(400);
    expect((await put(ann, '/home/ingen/a.txt', 'x')).status).toBe(409);
    expect((await ann.dav('MKCOL', '/home/ingen/b')).status).toBe(409);
    await ann.dav('MKCOL', '/home/Mapp');
    expect((await put(ann, '/home/Mapp', 'x')).status).toBe(405);
    expect((await put(ann, '/a.txt', 'x')).status).toBe(403);
    expect((await put(ann, '/shared/a.txt', 'x')).status).toBe(403);
  });
});

describe('what is written over stays what it is', () => {
  test('an editor that saves by renaming keeps id, shares and history', async () => {
    await put(ann, '/home/brev.odt', 'ett');
    const before = await nodeAt(ann, 'brev.odt');
    await ann.api.documents.give.mutate({ node: before.id, person: bo.id, role: 'viewer' });
    await put(ann, '/home/brev.odt.tmp', 'två');
    expect((await ann.dav('MOVE', '/home/brev.odt.tmp', destination('/home/brev.odt'))).status).toBe(204);
    const after = await nodeAt(ann, 'brev.odt');
    expect(after.id).toBe(before.id);
    const { versions } = await ann.api.documents.listVersions.query({ file: after.id });
    expect(versions).toHaveLength(2);
    expect((await bo.dav('GET', '/shared/brev.odt')).text).toBe('två');
    expect((await ann.dav('GET', '/home/brev.odt.tmp')).status).toBe(404);
  });

  test('a folder in the way goes when the new one stands, and stays where that cannot be', async () => {
    for (const path of ['/home/gammal', '/home/ny']) await ann.dav('MKCOL', path);
    await put(ann, '/home/gammal/g.txt', 'g');
    await put(ann, '/home/ny/n.txt', 'n');
    const refused = await ann.dav('MOVE', '/home/ny', destination('/home/gammal', { overwrite: 'F' }));
    expect(refused.status).toBe(412);
    expect((await ann.dav('MOVE', '/home/ny', destination('/home/gammal'))).status).toBe(204);
    expect((await ann.dav('GET', '/home/gammal/n.txt')).text).toBe('n');
    expect((await ann.dav('GET', '/home/gammal/g.txt')).status).toBe(404);
    const { text } = await ann.dav('PROPFIND', '/home/', { headers: { depth: '1' } });
    expect(text).not.toContain('replaced');
  });

  test('nothing goes into itself, over what it is in, or to another server', async () => {
    await ann.dav('MKCOL', '/home/yttre');
    await ann.dav('MKCOL', '/home/yttre/inre');
    const move = (from: string, to: string) => ann.dav('MOVE', from, { headers: { destination: to } });
    expect((await move('/home/yttre', '/dav/home/yttre/inre/x')).status).toBe(403);
    expect((await move('/home/yttre/inre', '/dav/home/yttre')).status).toBe(403);
    expect((await move('/home/yttre', '/dav/home/yttre')).status).toBe(403);
    expect((await move('/home/yttre', 'http://elsewhere.example/dav/home/x')).status).toBe(502);
    expect((await move('/home/yttre', '/files/x')).status).toBe(502);
    expect((await move('/home/yttre', 'javascript:x')).status).toBe(400);
    expect((await move('/home', '/dav/home2')).status).toBe(403);
    expect((await ann.dav('DELETE', '/home')).status).toBe(403);
    expect((await ann.dav('DELETE', '/')).status).toBe(403);
    expect((await ann.dav('PROPFIND', '/home/yttre/inre', { headers: { depth: '0' } })).status).toBe(207);
  });
});

describe('the tree', () => {
  test('what is shared is there by name, and nobody takes the place of another', async () => {
    await ann.dav('MKCOL', '/shared/Projekt');
    await put(ann, '/shared/Projekt/plan.txt', 'plan');
    const { nodes } = await ann.api.documents.listShared.query({});
    const mine = nodes.find(({ name }) => name === 'Projekt')!;
    await ann.api.documents.give.mutate({ node: mine.id, person: bo.id, role: 'editor' });
    expect((await bo.dav('GET', '/shared/Projekt/plan.txt')).text).toBe('plan');
    expect((await bo.dav('DELETE', '/shared/Projekt')).status).toBe(403);
    const own = await bo.api.documents.createFolder.mutate({ id: newId(), name: 'Projekt' });
    expect((await bo.dav('GET', '/shared/Projekt/plan.txt')).status).toBe(404);
    const { text } = await bo.dav('PROPFIND', '/shared/', { headers: { depth: '1' } });
    const hrefs = [...text.matchAll(/<D:href>(\/dav\/shared\/Projekt[^<]*)<\/D:href>/g)].map(([, href]) => href!);
    expect(hrefs).toHaveLength(2);
    const plans = await Promise.all(hrefs.map((href) => bo.dav('GET', `${href.slice(4)}plan.txt`)));
    expect(plans.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    await bo.api.documents.delete.mutate({ node: own.node.id });
    expect((await bo.dav('GET', '/shared/Projekt/plan.txt')).text).toBe('plan');
  });

  test('what somebody may only see they cannot change', async () => {
    await put(ann, '/home/läs.txt'.replace('ä', '%C3%A4'), 'x');
    await ann.api.documents.give.mutate({ node: (await nodeAt(ann, 'läs.txt')).id, person: bo.id, role: 'viewer' });
    expect((await put(bo, '/shared/l%C3%A4s.txt', 'y')).status).toBe(403);
    const body = '<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><a/></D:prop></D:set></D:propertyupdate>';
    expect((await bo.dav('PROPPATCH', '/shared/l%C3%A4s.txt', { body })).status).toBe(403);
  });

  test('the top is told in the person’s language, and all of it is refused', async () => {
    await ann.api.session.changePreferences.mutate({ language: 'sv' });
    const { status, text } = await ann.dav('PROPFIND', '/', { headers: { depth: '1' } });
    expect(status).toBe(207);
    expect(text).toContain('<D:displayname>Mina filer</D:displayname>');
    const refused = await ann.dav('PROPFIND', '/home/', { headers: { depth: 'infinity' } });
    expect(refused).toMatchObject({ status: 403, text: expect.stringContaining('<D:propfind-finite-depth>') });
  });

  test('who first asks above the tree is shown the way', async () => {
    const { authorization } = ann;
    const options = await rawRequest(workspace.url, { method: 'OPTIONS', path: '/' });
    expect(options.headers).toMatchObject({ dav: '1, 2, 3', 'ms-author-via': 'DAV' });
    const given = { method: 'PROPFIND', path: '/', headers: { authorization, depth: '1' } };
    expect(await rawRequest(workspace.url, given)).toMatchObject({
      status: 207,
      text: expect.stringContaining('<D:href>/dav/</D:href>'),
    });
  });

  test('every answer is nobody’s page', async () => {
    for (const [method, path] of [
      ['GET', '/home/'],
      ['GET', '/home/finns-inte'],
      ['PROPFIND', '/home/'],
      ['POST', '/home/'],
      ['OPTIONS', '/'],
      ['LOCK', '/'],
    ] as const) {
      const { headers } = await ann.dav(method, path);
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      expect(headers['content-security-policy'], path).toMatch(/^sandbox;/);
    }
  });
});

test('a provider without locks is class 1, and the rest works', async () => {
  await using without = await createTestWorkspace({ workspace: documentsWorkspace([]) });
  const eva = await davPerson(without, await without.person('Eva'));
  expect((await eva.dav('OPTIONS', '/')).headers.dav).toBe('1, 3');
  expect((await eva.dav('PUT', '/home/a.txt', { body: 'a' })).status).toBe(201);
  expect((await eva.dav('PUT', '/home/b.txt', { body: 'b' })).status).toBe(201);
  const over = { headers: { destination: '/dav/home/b.txt' } };
  expect((await eva.dav('MOVE', '/home/a.txt', over)).status).toBe(204);
  expect((await eva.dav('GET', '/home/b.txt')).text).toBe('a');
  expect((await eva.dav('LOCK', '/home/b.txt')).status).toBe(405);
  const { text } = await eva.dav('PROPFIND', '/home/b.txt', { headers: { depth: '0' } });
  expect(text).not.toContain('lock');
  const wrong = { body: 'c', headers: { if: '(<urn:uuid:none>)' } };
  expect((await eva.dav('PUT', '/home/b.txt', wrong)).status).toBe(412);
  expect((await eva.dav('DELETE', '/home/b.txt')).status).toBe(204);
});

test('nobody is let in by a cookie, or by the account’s own password', async () => {
  const { cookie, email, password, appPassword } = ann;
  const ask = async (headers: Record<string, string>) => {
    const answer = await rawRequest(workspace.url, {
      method: 'PROPFIND',
      path: '/dav/',
      headers: { depth: '0', ...headers },
    });
    return answer.status;
  };
  expect(await ask({ cookie })).toBe(401);
  expect(await ask({ authorization: basic(email, password) })).toBe(401);
  expect(await ask({ authorization: basic(bo.email, appPassword) })).toBe(401);
  expect(await ask({ authorization: basic(email, appPassword) })).toBe(207);
  expect(await ask({ authorization: basic(email, appPassword), 'sec-fetch-site': 'cross-site' })).toBe(403);
});
