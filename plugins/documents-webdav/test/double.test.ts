import { rejection, until } from '@valfri/sdk/conformance';
import { expect, test } from 'vitest';
import { DavServer } from '../src/server/dav/dav-server.ts';
import { aFile, aFolder, aSave, namesIn, someone, textOf } from './harness/actors.ts';
import { DavDouble } from './harness/dav-double.ts';
import { createWebdavHost } from './harness/webdav-host.ts';

/** A provider on a double, and somebody with a home folder. */
async function onDouble(manner: Partial<DavDouble['manner']> = {}) {
  const resources = new AsyncDisposableStack();
  const double = resources.use(await DavDouble.start());
  Object.assign(double.manner, manner);
  const host = resources.use(await createWebdavHost({ url: double.url, username: 'a', password: 'b' }, 'valfri'));
  const ann = await someone(host);
  const [home] = await host.foreign.names('');
  return { double, host, ann, home: home!, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test('with file ids, an empty folder that others move is the same one, and so is a file that they change as well', async () => {
  await using on = await onDouble({ fileIds: true });
  const { ann, home, host } = on;
  const folder = await aFolder(ann, 'Tom');
  const file = await aFile(ann, 'a.txt', { text: 'ett' });
  await host.foreign.move(`${home}/Tom`, `${home}/Ännu tom`);
  await host.foreign.move(`${home}/a.txt`, `${home}/b.txt`);
  await host.foreign.put(`${home}/b.txt`, 'två');
  // Where it is, is found out in one walk, and what it holds in the next.
  for (let i = 0; i < 2; i++) await host.provider.portability!.freeze!(true);
  expect(await namesIn(ann, ann.home.id)).toEqual(['Ännu tom', 'b.txt']);
  expect((await ann.files.get({ node: folder.id })).node.name).toBe('Ännu tom');
  expect(await textOf(ann, file.id)).toBe('två');
});

test.for([true, false])('where tags of folders tell of what is further down: %s', async (tagsTellOfAll) => {
  await using on = await onDouble({ tagsTellOfAll });
  const { ann, home, host, double } = on;
  const { id: outer } = await aFolder(ann, 'yttre');
  const { node: inner } = await ann.files.createFolder({ id: crypto.randomUUID(), parent: outer, name: 'inre' });
  const walked = async () => {
    await host.provider.portability!.freeze!(true);
    const from = double.asked.length;
    await host.provider.portability!.freeze!(true);
    return double.asked.slice(from).filter((each) => each === `PROPFIND /valfri/${home}/yttre/inre`).length;
  };
  expect(await walked()).toBe(tagsTellOfAll ? 0 : 1);
  await host.foreign.put(`${home}/yttre/inre/ny.txt`, 'x');
  await host.provider.portability!.freeze!(true);
  expect(await namesIn(ann, inner.id)).toEqual(['ny.txt']);
});

test.for(['PUT', 'MOVE', 'COPY', 'DELETE', 'MKCOL'])('an answer to %s that is lost loses nothing', async (method) => {
  await using on = await onDouble();
  const { ann, double, host, home } = on;
  const file = await aFile(ann, 'a.txt', { text: 'ett' });
  double.manner.losesAnswersTo = method;
  const tries = [
    aSave(ann, file.id, 'två'),
    aFolder(ann, 'Mapp'),
    aFile(ann, 'b.txt', { text: 'b' }),
    ann.files.move({ node: file.id, name: 'c.txt' }),
  ];
  const done = await Promise.allSettled(tries);
  double.manner.losesAnswersTo = undefined;
  for (const each of done) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'UNAVAILABLE' });
  const names = await namesIn(ann, ann.home.id);
  await until('the server has what the mirror has', async () => {
    const there = await host.foreign.names(home);
    return there.join() === [...names].sort().join();
  });
  expect(['ett', 'två']).toContain(await textOf(ann, file.id));
  for (const name of names.filter((each) => each.endsWith('.txt'))) {
    const { node } = await ann.files.find({ folder: ann.home.id, name });
    await until(
      'it holds the same',
      async () => (await host.foreign.read(`${home}/${name}`)) === (await textOf(ann, node.id)),
    );
  }
});

test('a server that keeps less than it was given is not believed', async () => {
  await using on = await onDouble();
  const { ann, double } = on;
  double.manner.keepsAtMost = 3;
  const refused = await rejection(aFile(ann, 'a.txt', { text: 'mer än tre' }));
  expect([refused.code, refused.message]).toEqual(['UNAVAILABLE', expect.stringContaining('3 of 11 bytes')]);
  expect(await namesIn(ann, ann.home.id)).toEqual([]);
});

test('a server without entity tags, and without ranges, is served all the same', async () => {
  await using on = await onDouble({ tags: false });
  const { ann, host, home } = on;
  const file = await aFile(ann, 'a.txt', { text: '0123456789' });
  expect(await textOf(ann, file.id, { range: { start: 3, end: 6 } })).toBe('345');
  await host.foreign.put(`${home}/a.txt`, 'en annan längd');
  await until('it has changed', async () => (await textOf(ann, file.id)) === 'en annan längd');
  await aSave(ann, file.id, 'sist');
  expect(await host.foreign.read(`${home}/a.txt`)).toBe('sist');
});

test.for([
  [{ status: 401 }, /user name and password/],
  [{ status: 301, headers: { location: 'https://other.example/dav' } }, /redirects to https:\/\/other\.example/],
  [{ status: 503 }, /503/],
  [{ status: 207, body: '<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>' }, /DOCTYPE/],
  [{ status: 207, body: '<html>' }, /cannot be read/],
] as const)('%o is said in words, and changes nothing', async ([answers, words]) => {
  await using on = await onDouble();
  const { ann, double, host } = on;
  const file = await aFile(ann, 'a.txt');
  double.manner.answers = answers;
  expect(await host.provider.health!()).toMatchObject({ ok: false, message: expect.stringMatching(words) });
  expect((await rejection(aSave(ann, file.id, 'två'))).code).toBe('UNAVAILABLE');
  expect(await namesIn(ann, ann.home.id)).toEqual(['a.txt']);
  double.manner.answers = undefined;
  await aSave(ann, file.id, 'två');
  expect((await ann.files.listTrash({})).items).toEqual([]);
});

test('one that does not answer is not waited for', async () => {
  await using double = await DavDouble.start();
  const root = new URL(`${double.url}/`);
  const server = new DavServer({ root, username: 'a', password: 'b', fetch, timing: { answer: 200, work: 300 } });
  double.manner.deaf = true;
  for (const ask of [() => server.stat([]), () => server.get(['a']), () => server.move(['a'], ['b'], 'free')])
    expect(await rejection(ask())).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('nothing came'),
    });
});
