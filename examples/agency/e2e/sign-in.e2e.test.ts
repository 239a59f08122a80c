import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase, type TestDatabase } from '@valfri/sdk/testing';
import { clientOf, rawRequest } from '@valfri/server/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../../scripts/testing/browser.ts';
import { createCertificate } from '../../../scripts/testing/certificate.ts';
import { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const client = { id: 'valfri', secret: 'a secret of the two servers' };

let [url, folder]: [string, string] = ['', ''];
let database: TestDatabase;
let provider: IdentityProvider;
let host: ChildProcess;
let browser: Browser;
/** What the operator may do. */
let operator: ReturnType<typeof clientOf>;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valfri-agency-'));
  database = await createTestDatabase();
  const port = await freePort();
  url = `https://localhost:${port}`;
  provider = await startIdentityProvider({ ...client, redirect: `${url}/api/auth/callback/agency` });
  const { cert, key } = await createCertificate(folder);
  setDefaultCACertificates([...getCACertificates(), readFileSync(cert, 'utf8')]);
  env = {
    ...{ VALFRI_PORT: String(port), VALFRI_DATA: folder, DATABASE_URL: database.url, VALFRI_LOG: 'file' },
    ...{ VALFRI_TLS_CERT: cert, VALFRI_TLS_KEY: key },
    ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret },
  };
  const out = await start({});
  operator = await arriveByLink(/#([A-Za-z]{32})/.exec(out)![1]!);
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await stop();
  await provider[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function start(more: NodeJS.ProcessEnv): Promise<string> {
  host = spawn(process.execPath, [MAIN, 'start'], {
    env: { ...process.env, ...env, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  host.stdout!.on('data', (data) => (out += String(data)));
  while (!out.includes('Ctrl-C')) await once(host.stdout!, 'data');
  return out;
}

async function stop(): Promise<void> {
  host.kill('SIGTERM');
  expect((await once(host, 'exit'))[0]).toBe(0);
}

async function arriveByLink(token: string): Promise<ReturnType<typeof clientOf>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await rawRequest(`${url}/api/welcome`, { method: 'POST', headers, body: JSON.stringify({ token }) });
  return clientOf(url, answer.headers['set-cookie']![0]!.split(';')[0]!);
}

/** Goes from our sign-in page to the provider's and back, as a person does. */
async function signInAs(name: string): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.getByRole('button', { name: 'Myndighetens inloggning' }).click();
  await page.waitForURL(`${provider.issuer}/interaction/**`);
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('whatever');
  await page.locator('button[type=submit]').click();
  const consent = page.getByRole('button', { name: 'Continue' });
  const back = page.waitForURL((address) => address.origin === url);
  await Promise.race([back, consent.waitFor().then(() => consent.click())]);
  await back;
  return page;
}

const whoIs = (page: Page) =>
  page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch('/trpc/session.info', { method: 'POST', headers, body: '{}' });
    const { result } = (await answer.json()) as {
      result: { data: { signedIn?: { name: string; operator: boolean; kind: string } } };
    };
    return result.data.signedIn;
  });

test('a person whom only the agency’s provider knows signs in over TLS and is a member, whatever roles it claims', async () => {
  provider.claims = { groups: ['operators', 'admins'], roles: ['operator'], name: 'Greta Ny' };
  const page = await signInAs('greta');
  expect(await whoIs(page)).toMatchObject({ name: 'Greta Ny', operator: false, kind: 'member' });
  expect(provider.exchanges).toEqual([{ client: client.id, challenge: 'S256' }]);
  const people = await operator.people.list.query({});
  expect(people.find(({ email }) => email === 'greta@agency.example')).toMatchObject({
    name: 'Greta Ny',
    operator: false,
    groups: [],
  });
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name === '__Host-valfri.session_token');
  expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/' });
  await page.context().close();
});

test('the same person comes back as the same, and not once an operator has disabled them', async () => {
  const page = await signInAs('greta');
  expect(await whoIs(page)).toMatchObject({ name: 'Greta Ny' });
  await page.context().close();
  const same = (await operator.people.list.query({})).filter(({ email }) => email === 'greta@agency.example');
  expect(same).toHaveLength(1);
  await operator.people.change.mutate({ id: same[0]!.id, disabled: true });
  const refused = await signInAs('greta');
  expect(await whoIs(refused)).toBeUndefined();
  await refused.context().close();
});

test('with OIDC_ADMIT=known only those come in whom an operator has added', async () => {
  await stop();
  await start({ OIDC_ADMIT: 'known' });
  provider.claims = {};
  const stranger = await signInAs('okand');
  expect(await whoIs(stranger)).toBeUndefined();
  await stranger.context().close();
  await operator.people.add.mutate({ name: 'Känd Person', email: 'kand@agency.example' });
  const known = await signInAs('kand');
  expect(await whoIs(known)).toMatchObject({ name: 'Känd Person', operator: false });
  await known.context().close();
});
