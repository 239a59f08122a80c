import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A certified OpenID provider in this process, whose own pages ask for any name and let it in. */
export interface IdentityProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What it says of whoever signs in, beside their name and address. */
  claims: Record<string, unknown>;
  /** How many times a code was exchanged, and with which method of proof. */
  readonly exchanges: readonly { readonly client: string; readonly challenge: string | undefined }[];
}

/** Starts it for one client. */
export async function startIdentityProvider(client: {
  readonly id: string;
  readonly secret: string;
  readonly redirect: string;
}): Promise<IdentityProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const exchanges: { client: string; challenge: string | undefined }[] = [];
  const given: { claims: Record<string, unknown> } = { claims: {} };
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups', 'roles'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['for tests only'] },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@agency.example`, email_verified: true, name: sub, ...given.claims }),
    }),
  });
  provider.on('grant.success', (ctx) => {
    const { Client, AuthorizationCode } = ctx.oidc.entities;
    exchanges.push({ client: String(Client?.clientId), challenge: AuthorizationCode?.codeChallengeMethod });
  });
  server.on('request', provider.callback());
  return {
    issuer,
    exchanges,
    get claims() {
      return given.claims;
    },
    set claims(claims) {
      given.claims = claims;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
