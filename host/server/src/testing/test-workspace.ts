import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase } from '@valfri/sdk/testing';
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config/config.ts';
import { type Host, type HostOptions, startHost, type SwapOverrides } from '../host.ts';
import { createLog } from '../log.ts';
import type { AppRouter } from '../router/app-router.ts';
import { rawRequest } from './raw-request.ts';
import type { HostServices } from '../services.ts';
import type { Workspace } from '../workspace.ts';

/** A tRPC client of the host's router. */
export type AppClient = ReturnType<typeof createTRPCClient<AppRouter>>;

/** A person who is signed in. */
export interface TestPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** The session's cookie, as a browser sends it. */
  readonly cookie: string;
  readonly api: AppClient;
}

/** A whole host on a real database, on a port of its own. */
export interface TestWorkspace extends AsyncDisposable {
  readonly host: Host;
  readonly url: string;
  readonly directory: string;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  readonly operator: TestPerson;
  /** Adds a person and signs them in. */
  person(name: string, given?: { kind?: 'member' | 'guest'; operator?: boolean; endsAt?: number }): Promise<TestPerson>;
  /** Looks into the host that runs. */
  services<T>(look: (services: HostServices) => T): T;
  /** Stops the host and starts it again with the same data. */
  restart(): Promise<void>;
}

/** How a {@link TestWorkspace} is made. */
export interface TestWorkspaceOptions {
  readonly workspace: Workspace;
  /** An empty database. Default: one that is made, and dropped at the end. */
  readonly databaseUrl?: string;
  readonly swaps?: SwapOverrides;
  readonly patience?: HostOptions['patience'];
  /** Address of a malware scanner. Default: none. */
  readonly scanner?: string;
}

/** Starts a host for a test; use it with `await using`. */
export async function createTestWorkspace({
  workspace,
  swaps,
  patience,
  databaseUrl,
  scanner,
}: TestWorkspaceOptions): Promise<TestWorkspace> {
  const database = databaseUrl ? undefined : await createTestDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'valfri-host-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const log: string[] = [];
  const config = readConfig(
    { port, data: directory, databaseUrl: databaseUrl ?? database!.url, log: 'stdout', scanner },
    {},
  );
  const options: HostOptions = {
    workspace,
    config,
    log: createLog((line) => log.push(line)),
    ...(swaps ? { swaps } : {}),
    ...(patience ? { patience } : {}),
  };
  const running = { host: await startHost(options) };
  const operator = await arrive(url, running.host.firstLink!, { name: 'Disa Drift', email: 'disa@example.org' });
  return {
    get host() {
      return running.host;
    },
    url,
    directory,
    log,
    operator,
    async person(name, given = {}) {
      const email = `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@example.org`;
      const { link } = await operator.api.people.add.mutate({ name, email, ...given });
      return arrive(url, link, { name, email });
    },
    services: (look) => look(running.host.services),
    async restart() {
      await running.host.stop();
      running.host = await startHost(options);
    },
    async [Symbol.asyncDispose]() {
      await running.host.stop();
      await database?.[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Signs in by a link, says who they are, and chooses a password. */
export async function arrive(
  url: string,
  link: string,
  { name, email }: { name: string; email: string },
): Promise<TestPerson> {
  const response = await fetch(`${url}/api/welcome`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: link.split('#')[1] }),
  });
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  if (!response.ok || cookie === '')
    throw new Error(`the link did not sign in: ${response.status} ${await response.text()}`);
  const api = clientOf(url, cookie);
  const password = 'Lösenord för prov 1';
  await api.session.choosePassword.mutate({ password, name, email });
  const { signedIn } = await api.session.info.query();
  return { id: signedIn!.id, name, email, password, cookie, api };
}

/** Signs in by password; gives back the cookie. @throws with the status where it is refused. */
export async function signIn(url: string, { email, password }: { email: string; password: string }): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const given = { method: 'POST', headers, body: JSON.stringify({ email, password }) };
  const answer = await rawRequest(`${url}/api/auth/sign-in/email`, given);
  if (answer.status !== 200) throw new Error(`the password did not sign in: ${answer.status} ${answer.text}`);
  return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

/** A client that sends a cookie; batching as the shell does, or each call by itself. */
export function clientOf(url: string, cookie: string, batch = false): AppClient {
  const given = { url: `${url}/trpc`, headers: { cookie }, methodOverride: 'POST' as const };
  return createTRPCClient<AppRouter>({ links: [batch ? httpBatchLink(given) : httpLink(given)] });
}
