import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { basic, createDavWorkspace, type DavPerson, davPerson } from '../dav/testing/dav-workspace.ts';
import { rawRequest, type TestWorkspace } from '../testing/index.ts';
import { BasicSignIn } from './basic-sign-in.ts';

let workspace: TestWorkspace;
let ann: DavPerson;
beforeAll(async () => {
  ({ workspace, ann } = await createDavWorkspace());
});
afterAll(() => workspace[Symbol.asyncDispose]());

const ask = (authorization: string) =>
  rawRequest(workspace.url, { method: 'PROPFIND', path: '/dav/', headers: { authorization, depth: '0' } });
const statusOf = async (authorization: string) => (await ask(authorization)).status;
const entries = async (action: string) => {
  const all = await workspace.services(({ audit }) => audit.read({ limit: 200, area: 'appPassword' }));
  return all.filter((entry) => entry.action === action);
};

test('an app password can be typed in any case, with or without what divides it', async () => {
  const { email, appPassword } = ann;
  expect(appPassword).toMatch(/^([a-hjkmnp-z2-9]{5}-){4}[a-hjkmnp-z2-9]{5}$/);
  const plain = appPassword.replaceAll('-', '').toUpperCase();
  expect(await statusOf(basic(email.toUpperCase(), plain))).toBe(207);
  expect(await statusOf(basic(email, appPassword.replaceAll('-', ' ')))).toBe(207);
  expect(await statusOf(basic(email, appPassword.slice(0, -1)))).toBe(401);
});

test('it is kept as a hash alone, and the log has who made and revoked it, and what was refused', async () => {
  const { db } = workspace.services(({ database }) => database);
  const rows = await db.selectFrom('valfri.app_passwords').selectAll().where('person', '=', ann.id).execute();
  expect(JSON.stringify(rows)).not.toContain(ann.appPassword.slice(0, 5));
  const { id, password } = await ann.api.appPasswords.make.mutate({ name: 'En till', scopes: ['webdav'] });
  expect(await statusOf(basic(ann.email, password))).toBe(207);
  await ann.api.appPasswords.revoke.mutate({ id });
  expect(await statusOf(basic(ann.email, password))).toBe(401);
  expect((await entries('appPassword.made')).map(({ target }) => target)).toContain(id);
  expect((await entries('appPassword.revoked')).map(({ target, actor }) => [target, actor])).toEqual([[id, ann.id]]);
  await vi.waitFor(async () => expect((await entries('appPassword.refused')).length).toBeGreaterThan(0));
});

test('nobody revokes or lists what is another’s, and there are 20 at most', async () => {
  const bo = await davPerson(workspace, await workspace.person('Bo'));
  const [mine] = await ann.api.appPasswords.list.query();
  await expect(bo.api.appPasswords.revoke.mutate({ id: mine!.id })).rejects.toThrow('no such app password');
  expect((await bo.api.appPasswords.list.query()).map(({ name }) => name)).toEqual(['Prov']);
  for (let i = 1; i < 20; i++) await bo.api.appPasswords.make.mutate({ name: `${i}`, scopes: ['webdav'] });
  await expect(bo.api.appPasswords.make.mutate({ name: '21', scopes: ['webdav'] })).rejects.toThrow('20 app passwords');
});

test('they end with a new password, and where somebody is signed out everywhere or let go', async () => {
  const change = (who: DavPerson) =>
    who.api.session.changePassword.mutate({ current: who.password, password: 'tolv röda ballonger' });
  const endings: Readonly<Record<string, (who: DavPerson) => Promise<unknown>>> = {
    Cai: change,
    Dan: ({ id }) => workspace.operator.api.people.signOut.mutate({ id }),
    Eli: ({ id }) => workspace.operator.api.people.change.mutate({ id, disabled: true }),
  };
  for (const [name, end] of Object.entries(endings)) {
    const who = await davPerson(workspace, await workspace.person(name));
    expect(await statusOf(who.authorization)).toBe(207);
    await end(who);
    expect(await statusOf(who.authorization), name).toBe(401);
  }
});

test('guests have none', async () => {
  const guest = await workspace.person('Gäst', { kind: 'guest', endsAt: Date.now() + 86_400_000 });
  await expect(guest.api.appPasswords.make.mutate({ name: 'x', scopes: ['webdav'] })).rejects.toThrow('Guests');
});

test('who guesses has to wait, who repeats what is old does not, and neither locks out another machine', async () => {
  const fia = await davPerson(workspace, await workspace.person('Fia'));
  const signIn = workspace.services((services) => new BasicSignIn(services, 'webdav'));
  const attempt = (password: string, address = '10.0.0.1') => signIn.of(basic(fia.email, password), address);
  for (let i = 0; i < 30; i++) expect(await attempt('an old one')).toEqual({ wait: 0 });
  for (let i = 0; i < 9; i++) expect(await attempt(`guess ${i}`)).toEqual({ wait: 0 });
  expect(await attempt('one too many')).toMatchObject({ wait: expect.toSatisfy((wait: number) => wait > 0) });
  expect(await attempt(fia.appPassword)).not.toHaveProperty('standing');
  expect(await attempt(fia.appPassword, '10.0.0.2')).toMatchObject({ standing: { id: fia.id } });
});

test('many requests at once are one attempt', async () => {
  const gun = await davPerson(workspace, await workspace.person('Gun'));
  const statuses = await Promise.all(Array.from({ length: 40 }, () => statusOf(gun.authorization)));
  expect(new Set(statuses)).toEqual(new Set([207]));
});

test('what is no such header is no attempt, and is told how it is done', async () => {
  for (const given of ['', 'Basic', 'Basic !', 'Bearer x', `Basic ${'A'.repeat(5_000)}`, 'Basic Og==']) {
    const { status, headers } = await ask(given);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Basic realm="Valfri", charset="UTF-8"');
  }
});
