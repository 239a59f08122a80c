import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backUp } from '../operations/backup.ts';
import { createTestWorkspace, memoryWorkspace } from '../testing/index.ts';

const DAY = 24 * 3_600_000;

test('the list of people is narrowed to those who are asked for', async () => {
  await using host = await createTestWorkspace({ workspace: memoryWorkspace });
  const { people } = host.operator.api;
  const gone = await host.person('Anna Ek');
  await host.person('Bo Alm');
  await people.add.mutate({ name: 'Greta Gäst', email: 'g@example.org', kind: 'guest', endsAt: Date.now() + DAY });
  await people.change.mutate({ id: gone.id, disabled: true });
  const named = async (show: 'all' | 'members' | 'guests' | 'operators' | 'inactive') =>
    (await people.list.query({ show })).map(({ name }) => name);
  expect(await named('all')).toEqual(['Anna Ek', 'Bo Alm', 'Disa Drift', 'Greta Gäst']);
  expect(await named('members')).toEqual(['Bo Alm', 'Disa Drift']);
  expect(await named('guests')).toEqual(['Greta Gäst']);
  expect(await named('operators')).toEqual(['Disa Drift']);
  expect(await named('inactive')).toEqual(['Anna Ek']);
});

test('an operator signs somebody out everywhere, and nobody else may', async () => {
  await using host = await createTestWorkspace({ workspace: memoryWorkspace });
  const [anna, bo] = [await host.person('Anna Ek'), await host.person('Bo Alm')];
  await expect(bo.api.people.signOut.mutate({ id: anna.id })).rejects.toThrow('Only an operator');
  expect((await anna.api.session.info.query()).signedIn?.id).toBe(anna.id);
  await host.operator.api.people.signOut.mutate({ id: anna.id });
  expect((await anna.api.session.info.query()).signedIn).toBeUndefined();
  expect((await bo.api.session.info.query()).signedIn?.id).toBe(bo.id);
});

test('the log is narrowed by area, actor, target and time, and paged by place', async () => {
  await using host = await createTestWorkspace({ workspace: memoryWorkspace });
  const { system, groups } = host.operator.api;
  const anna = await host.person('Anna Ek');
  const { id } = await groups.add.mutate({ name: 'Juristerna' });
  await groups.setMember.mutate({ id, person: anna.id, member: true });
  const actions = async (given: Parameters<typeof system.audit.query>[0]) =>
    (await system.audit.query(given)).map(({ action }) => action);
  expect(await actions({ area: 'group' })).toEqual(['group.joined', 'group.added']);
  expect(await actions({ actor: anna.id })).toContain('password.chosen');
  expect(new Set((await system.audit.query({ actor: anna.id })).map(({ actor }) => actor))).toEqual(new Set([anna.id]));
  expect(await actions({ target: id })).toEqual(['group.joined', 'group.added']);
  expect(await actions({ since: Date.now() + DAY })).toEqual([]);
  const [first] = await system.audit.query({ area: 'group', limit: 1 });
  expect(await actions({ area: 'group', before: first!.place })).toEqual(['group.added']);
  await expect(system.audit.query({ area: 'Group%' })).rejects.toMatchObject({ data: { detail: { field: 'area' } } });
  await expect(anna.api.system.audit.query({})).rejects.toThrow('Only an operator');
});

test('the host says how old its last backup is', async () => {
  await using host = await createTestWorkspace({ workspace: memoryWorkspace });
  const { status } = host.operator.api.system;
  expect(await status.query()).not.toHaveProperty('backup');
  const folder = mkdtempSync(join(tmpdir(), 'valfri-backup-'));
  try {
    const began = Date.now();
    const { url } = host.host.services.database;
    const report = await backUp({ folder, data: host.directory, databaseUrl: url, progress: () => undefined });
    const { backup, databaseMs } = await status.query();
    expect(backup).toMatchObject({ ...report });
    expect(backup!.at).toBeGreaterThanOrEqual(began);
    expect(databaseMs).toBeGreaterThanOrEqual(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
