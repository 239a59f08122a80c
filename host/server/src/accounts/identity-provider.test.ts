import { freePort } from '@valfri/sdk/postgres';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { createTestWorkspace, rawRequest } from '../testing/index.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** An identity provider that says where it is, and with which key it signs. */
async function startProvider(port: number): Promise<Disposable> {
  const issuer = `http://127.0.0.1:${port}`;
  const discovery = {
    ...{ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` },
    ...{ jwks_uri: `${issuer}/jwks`, id_token_signing_alg_values_supported: ['RS256'] },
  };
  const jwks = { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] };
  const server = createServer(({ url }, reply) => {
    reply
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(url === '/jwks' ? jwks : discovery));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What such a provider says of somebody, signed. */
function idToken(issuer: string, email: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: issuer, aud: 'valfri', sub: email, email, email_verified: true, iat: now, exp: now + 300 };
  const text = [{ alg: 'RS256', kid: 'one', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('sha256', Buffer.from(text), keys.privateKey).toString('base64url')}`;
}

test('an identity provider that is down when the host starts is used once it is up', async () => {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const oidc = [{ id: 'agency', name: 'Agency', issuer, clientId: 'valfri', clientSecret: 'x' }];
  const workspace = { name: 'Prov', plugins: [], instances: [], bindings: [], signIn: { oidc } };
  await using host = await createTestWorkspace({ workspace });
  const begin = (more: object = {}) =>
    rawRequest(`${host.url}/api/auth/sign-in/social`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ provider: 'agency', callbackURL: '/', ...more }),
    });
  expect((await begin()).status).toBe(404);
  using _ = await startProvider(port);
  await expect.poll(async () => (await begin()).status, { timeout: 5_000 }).toBe(200);
  const { url } = JSON.parse((await begin()).text) as { url: string };
  const { origin, searchParams } = new URL(url);
  expect([origin, searchParams.get('code_challenge_method')]).toEqual([issuer, 'S256']);
  expect(searchParams.get('redirect_uri')).toBe(`${host.url}/api/auth/callback/agency`);
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect([name, searchParams.get(name)?.length]).toEqual([name, expect.any(Number)]);
  for (const away of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:1',
    '',
  ])
    for (const name of ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'])
      expect([name, away, (await begin({ [name]: away })).status]).toEqual([name, away, 403]);
});

test('nobody comes in by a token of the identity provider’s alone, past the way that is made for it', async () => {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const oidc = [{ id: 'agency', name: 'Agency', issuer, clientId: 'valfri', clientSecret: 'x' }];
  using _ = await startProvider(port);
  const workspace = { name: 'Prov', plugins: [], instances: [], bindings: [], signIn: { oidc } };
  await using host = await createTestWorkspace({ workspace });
  const body = { provider: 'agency', callbackURL: '/', idToken: { token: idToken(issuer, host.operator.email) } };
  const { headers, text } = await rawRequest(`${host.url}/api/auth/sign-in/social`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  });
  expect(String(headers['set-cookie'])).not.toContain('session_token');
  expect(new URL((JSON.parse(text) as { url: string }).url).origin).toBe(issuer);
});
