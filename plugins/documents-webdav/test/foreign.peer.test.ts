import { newId } from '@valfri/sdk';
import { rejection, until } from '@valfri/sdk/conformance';
import { describe, expect, test } from 'vitest';
import { aFile, aFolder, aSave, namesIn, someone, textOf } from './harness/actors.ts';
import { createWebdavHost, sharedWebdav, type WebdavHost } from './harness/webdav-host.ts';

/** Somebody with a home folder, and what that is called on the server. */
async function atHome(host: WebdavHost) {
  const ann = await someone(host);
  return { ann, home: (await host.foreign.names(''))[0]! };
}

describe.skipIf(!sharedWebdav)('others on the server', () => {
  test('see files in folders under their own names, whatever these are', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    const { id: folder } = await aFolder(ann, 'Bygglov & bilagor');
    const names = [
      'åäö.txt',
      '100 % #1?.txt',
      '😀 emoji.txt',
      `${'å'.repeat(125)}.txt_`,
      'a:b*c.txt',
      '.dold',
      'punkt.',
    ];
    for (const name of names) await aFile(ann, name, { parent: folder, text: name });
    expect(await host.foreign.names(home)).toEqual(['Bygglov & bilagor']);
    const seen = await host.foreign.names(`${home}/Bygglov & bilagor`);
    expect(seen.length).toBe(names.length);
    for (const name of names) expect(await host.foreign.read(`${home}/Bygglov & bilagor/${name}`)).toBe(name);
    await ann.files.move({ node: folder, name: 'Bygglov' });
    expect(await host.foreign.read(`${home}/Bygglov/åäö.txt`)).toBe('åäö.txt');
  });

  test('put, change, move and remove things, and all of it is seen here, with its ids', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    const { foreign } = host;
    const { id: folder } = await aFolder(ann, 'Mapp');
    const kept = await aFile(ann, 'kvar.txt', { parent: folder, text: 'ett' });
    await foreign.put(`${home}/Mapp/ny å.txt`, 'av någon annan');
    await until('it is there', async () => (await namesIn(ann, folder)).includes('ny å.txt'));
    const { node } = await ann.files.find({ folder, name: 'ny å.txt' });
    expect(await textOf(ann, node.id)).toBe('av någon annan');

    await foreign.put(`${home}/Mapp/kvar.txt`, 'två, av någon annan');
    await until('it has changed', async () => (await textOf(ann, kept.id)) === 'två, av någon annan');
    const { versions } = await ann.files.listVersions({ file: kept.id });
    expect(await textOf(ann, kept.id, { version: versions[1]!.id })).toBe('ett');

    await foreign.makeFolder(`${home}/Annan`);
    await foreign.move(`${home}/Mapp/kvar.txt`, `${home}/Annan/flyttad.txt`);
    await until('it has moved', async () => (await ann.files.get({ node: kept.id })).node.name === 'flyttad.txt');
    await foreign.move(`${home}/Mapp`, `${home}/Annan/Mapp 2`);
    await until('the folder has moved', async () => (await ann.files.get({ node: folder })).node.name === 'Mapp 2');
    expect((await ann.files.get({ node: node.id })).above.map(({ name }) => name)).toEqual(['', 'Annan', 'Mapp 2']);

    await foreign.remove(`${home}/Annan/Mapp 2/ny å.txt`);
    const inTrash = async () => (await ann.files.listTrash({})).items.map(({ id }) => id);
    await until('it is in the trash', async () => (await inTrash()).includes(node.id));
    await ann.files.restore({ node: node.id });
    expect(await foreign.read(`${home}/Annan/Mapp 2/ny å.txt`)).toBe('av någon annan');
    const told = (await host.announced()).filter(({ type }) => type === 'node.changed').map(({ data }) => data);
    expect(told).toContainEqual(expect.objectContaining({ node: node.id, what: 'made', by: ann.id }));
  });

  test('who was faster than a save is not overwritten, and nothing of either is lost', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    const file = await aFile(ann, 'a.txt', { text: 'ett' });
    const read = file.version!.id;
    await host.foreign.put(`${home}/a.txt`, 'snabbare');
    const refused = await rejection(aSave(ann, file.id, 'långsammare', read));
    expect([refused.code, refused.reason]).toEqual(['CONFLICT', 'CHANGED']);
    expect(await textOf(ann, file.id)).toBe('snabbare');
    expect(await host.foreign.read(`${home}/a.txt`)).toBe('snabbare');
    await aSave(ann, file.id, 'sist');
    expect(await host.foreign.read(`${home}/a.txt`)).toBe('sist');
  });

  test('who took a name first keeps it', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    await host.foreign.put(`${home}/a.txt`, 'först');
    const refused = await rejection(aFile(ann, 'a.txt', { text: 'sist' }));
    expect([refused.code, refused.reason]).toEqual(['CONFLICT', 'NAME_TAKEN']);
    expect(await host.foreign.read(`${home}/a.txt`)).toBe('först');
    const { node } = await ann.files.find({ folder: ann.home.id, name: 'a.txt' });
    expect(await textOf(ann, node.id)).toBe('först');
  });

  test('what they put into a folder goes to the trash with it, and comes back', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    const { id: folder } = await aFolder(ann, 'Mapp');
    await host.foreign.makeFolder(`${home}/Mapp/inre`);
    await host.foreign.put(`${home}/Mapp/inre/b.txt`, 'av någon annan');
    await ann.files.delete({ node: folder });
    expect(await host.foreign.names(home)).toEqual([]);
    await ann.files.restore({ node: folder });
    expect(await host.foreign.read(`${home}/Mapp/inre/b.txt`)).toBe('av någon annan');
  });

  test('two that change names with each other have them on the server too', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    const [a, b] = [await aFile(ann, 'a', { text: 'A' }), await aFile(ann, 'b', { text: 'B' })];
    const { portability } = host.provider;
    const place = (node: string, name: string) => ({
      ...{ type: 'place', key: node },
      value: { node, parent: ann.home.id, name },
    });
    expect((await portability!.ingest([place(a.id, 'b'), place(b.id, 'a')])).rejected).toEqual([]);
    expect([await host.foreign.read(`${home}/a`), await host.foreign.read(`${home}/b`)]).toEqual(['B', 'A']);
    expect(await host.foreign.names(home)).toEqual(['a', 'b']);
  });

  test('whose folder was there first keeps it, and what is in it is nobody else’s', async () => {
    await using host = await createWebdavHost();
    const first = await atHome(host);
    await host.foreign.makeFolder('Ekonomi');
    await host.foreign.put('Ekonomi/hemlig.txt', 'x');
    const id = newId();
    await first.ann.files.createFolder({ id, name: 'Ekonomi' });
    await aFile(first.ann, 'a.txt', { parent: id });
    await host.provider.portability!.freeze!(true);
    expect(await namesIn(first.ann, id)).toEqual(['a.txt']);
    expect(await host.foreign.names('Ekonomi')).toEqual(['hemlig.txt']);
    expect(await host.foreign.names('Ekonomi (2)')).toEqual(['a.txt']);
  });

  test('once it is frozen, what they did before is in, and what they do then is not', async () => {
    await using host = await createWebdavHost();
    const { ann, home } = await atHome(host);
    const { portability } = host.provider;
    await host.foreign.put(`${home}/förr.txt`, 'x');
    await portability!.freeze!(true);
    expect(await namesIn(ann, ann.home.id)).toEqual(['förr.txt']);
    await host.foreign.put(`${home}/sen.txt`, 'x');
    await ann.files.createFolder({ id: newId(), parent: ann.home.id, name: 'annat' });
    expect(await namesIn(ann, ann.home.id)).toEqual(['annat', 'förr.txt']);
    await portability!.freeze!(false);
    await until('it is in', async () => (await namesIn(ann, ann.home.id)).includes('sen.txt'));
  });

  test('a server that shows an empty folder has deleted nothing', async () => {
    await using host = await createWebdavHost();
    const { ann } = await atHome(host);
    await aFile(ann, 'a.txt');
    for (const name of [...(await host.foreign.names('')), '.valfri']) await host.foreign.remove(name);
    const { portability } = host.provider;
    expect((await rejection(portability!.freeze!(true))).code).toBe('UNAVAILABLE');
    expect(await namesIn(ann, ann.home.id)).toEqual(['a.txt']);
    expect((await ann.files.listTrash({})).items).toEqual([]);
  });
});
