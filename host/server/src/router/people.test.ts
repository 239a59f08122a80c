import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectToHost } from '../cli/client.ts';
import { createTestWorkspace, memoryWorkspace, rawRequest, type TestWorkspace } from '../testing/index.ts';

let host: TestWorkspace;
beforeAll(async () => void (host = await createTestWorkspace({ workspace: memoryWorkspace })));
afterAll(() => host[Symbol.asyncDispose]());

const HOUR = 3_600_000;
const people = () => host.operator.api.people;
const refused = (code: string, field?: string) => ({ data: { detail: { code, ...(field ? { field } : {}) } } });

describe('who is changed stays what people may be', () => {
  test('a guest becomes no operator, and keeps an end date', async () => {
    const { id } = await host.person('Greta Gäst', { kind: 'guest', endsAt: Date.now() + HOUR });
    await expect(people().change.mutate({ id, operator: true })).rejects.toMatchObject(refused('INVALID', 'operator'));
    await expect(people().change.mutate({ id, endsAt: null })).rejects.toMatchObject(refused('INVALID', 'endsAt'));
    await people().change.mutate({ id, operator: false, endsAt: Date.now() + 2 * HOUR });
    expect(await people().get.query({ id })).toMatchObject({ kind: 'guest', operator: false });
  });

  test('an operator does not end their own access, in whichever way', async () => {
    const { id } = host.operator;
    for (const change of [{ disabled: true }, { operator: false }, { endsAt: 0 }, { endsAt: Date.now() + HOUR }])
      await expect(people().change.mutate({ id, ...change })).rejects.toMatchObject(refused('CONFLICT'));
    await people().change.mutate({ id, name: 'Disa Drift', endsAt: null });
    expect((await host.operator.api.session.info.query()).signedIn?.operator).toBe(true);
  });
});

describe('a link', () => {
  const redeem = async (link: string) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ token: link.split('#')[1] });
    return (await rawRequest(`${host.url}/api/welcome`, { method: 'POST', headers, body })).status;
  };

  test('makes those that were given out before it worthless', async () => {
    const { id, link: first } = await people().add.mutate({ name: 'Anna Ek', email: 'anna@example.org' });
    const { link: other } = await people().add.mutate({ name: 'Bo Alm', email: 'bo@example.org' });
    const { link: second } = await people().link.mutate({ id });
    expect([await redeem(first), await redeem(second), await redeem(other)]).toEqual([410, 200, 200]);
  });

  test('is given to each of those who ask at once; the last of them signs in', async () => {
    const { id } = await people().add.mutate({ name: 'Carl Berg', email: 'carl@example.org' });
    const given = await Promise.all(Array.from({ length: 5 }, () => people().link.mutate({ id })));
    const answers = await Promise.all(given.map(({ link }) => redeem(link)));
    expect(answers.sort()).toEqual([200, 410, 410, 410, 410]);
  });

  test('by the command line is for somebody who is here, and may come in', async () => {
    const cli = connectToHost(host.directory).system.signInLink;
    await expect(cli.mutate({ email: 'ingen@example.org' })).rejects.toThrow(/Nobody here has the address/);
    const { id } = await people().add.mutate({ name: 'Dan Ek', email: 'dan@example.org' });
    const { link } = await cli.mutate({ email: 'Dan@Example.org' });
    expect(await redeem(link)).toBe(200);
    const entries = await host.operator.api.system.audit.query({ actor: 'cli' });
    expect(entries.map(({ action, target }) => [action, target])).toEqual([['person.link', id]]);
    await people().change.mutate({ id, disabled: true });
    await expect(cli.mutate({ email: 'dan@example.org' })).rejects.toThrow(/may not sign in any more/);
  });
});

test('a password is chosen by whoever came by a link, and by nobody who has one', async () => {
  const eva = await host.person('Eva Ny');
  const choose = eva.api.session.choosePassword.mutate({ password: 'Ett helt annat lösenord', name: 'Någon Annan' });
  await expect(choose).rejects.toMatchObject(refused('CONFLICT'));
  await expect(choose).rejects.toThrow(/You have a password.*Change it in your settings/);
  expect((await eva.api.session.info.query()).signedIn?.name).toBe('Eva Ny');
  expect(host.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
