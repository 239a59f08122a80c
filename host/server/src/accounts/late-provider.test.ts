import { freePort } from '@valfri/sdk/postgres';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { createTestWorkspace, rawRequest } from '../testing/index.ts';

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
  const discovery = {
    ...{
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    },
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const server = createServer((_, reply) => {
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(discovery));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
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
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
