import { hash, verify } from '@node-rs/argon2';
import { CapabilityError, newId } from '@valfri/core';
import { connect } from '@valfri/sdk/postgres';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { genericOAuth, magicLink } from 'better-auth/plugins';
import { type Kysely, sql } from 'kysely';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { HostTables } from '../database/tables.ts';
import type { People } from '../people/people.ts';
import { Turns } from '../turns.ts';
import type { OidcProvider } from '../workspace.ts';
import { SignInLimiter } from './sign-in-limiter.ts';

/** Where the library's endpoints are. */
export const AUTH_PATH = '/api/auth';
/** The cookie that holds a session: for this host name and path only, over TLS or on localhost, out of scripts’ reach. */
export const SESSION_COOKIE = '__Host-valfri.session_token';
const LINK_LIFE = 3 * 24 * 3_600; // seconds
const RETRY_PROVIDERS = 1_000; // ms
const DAY = 24 * 3_600; // seconds
/** The longest that a session lasts, however much it is used. */
const SESSION_LIFE = 90 * DAY; // seconds
/** How long a session lasts that is not used. */
const SESSION_IDLE = 14 * DAY * 1_000; // ms
/** How exactly it is known when a session was used last. */
const USE_KNOWN_TO = DAY * 1_000; // ms

/** What the accounts need. */
export interface AccountsOptions {
  readonly url: string;
  readonly admin: Kysely<HostTables>;
  readonly publicUrl: string;
  readonly secret: string;
  readonly people: People;
  readonly audit: AuditTrail;
  readonly organisation: string;
  readonly oidc: readonly OidcProvider[];
  readonly onError: (error: Error) => void;
}

/** Who signs in, and how. */
export interface Accounts {
  /** Answers everything under {@link AUTH_PATH}. */
  handle(request: Request): Promise<Response>;
  /** Makes the account of a person, who then signs in by link or through another identity provider. */
  add(person: { readonly id: string; readonly email: string; readonly name: string }): Promise<void>;
  /** A link that signs a person in, once, within three days. Those that they were given before are worth nothing more. */
  signInLink(email: string): Promise<string>;
  /** Signs in by the token of such a link, and forgets the password: whoever was sent a link chooses a new one. */
  redeem(token: string, headers: Headers): Promise<Response>;
  setEmail(person: string, email: string): Promise<void>;
  setPassword(password: string, headers: Headers): Promise<void>;
  /**
   * Changes a password by the present one. Wrong guesses are counted as those at signing in are.
   * @throws INVALID where the present one is not right, QUOTA after too many that were not
   */
  changePassword(person: string, given: PasswordChange, headers: Headers): Promise<void>;
  /** Whether the person signs in by password, if not by that alone. */
  hasPassword(person: string): Promise<boolean>;
  /** Whether the person has yet to choose a password. */
  needsPassword(person: string): Promise<boolean>;
  /** Person and end of a session by its token; asking is using it, which puts off its end. */
  session(token: string): Promise<{ readonly person: string; readonly expiresAt: number } | undefined>;
  /** Those of some tokens whose session has ended. */
  endedSessions(tokens: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether a session of a person's lasts, by the SHA-256 of its token in hexadecimal digits. */
  lasts(person: string, sha256: string): Promise<boolean>;
  /** Ends a person's sessions, all of them or all but one. */
  endSessions(person: string, but?: string): Promise<void>;
  close(): Promise<void>;
}

/** The present password and the next. */
export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

interface AccountTables {
  user: { id: string; email: string; name: string };
  /** `updatedAt` is when it was used last, to the day. */
  session: { token: string; userId: string; expiresAt: Date; updatedAt: Date };
  account: { userId: string; providerId: string; password: string | null };
  verification: { value: string };
}

/** Opens the accounts; their tables are brought up to date in a schema of their own. */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  await sql`CREATE SCHEMA IF NOT EXISTS accounts`.execute(options.admin);
  const url = new URL(options.url);
  url.searchParams.set('options', '-c search_path=accounts');
  const db = connect<AccountTables>({ url: url.href, name: 'valfri accounts', most: 6, onError: options.onError });
  const auth = betterAuth(authOptions(options, db));
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  const context = await auth.$context;
  const current = withProviders(auth, () => betterAuth(authOptions(options, db)), options.oidc);

  return {
    handle: async (request) => (await current()).handler(request),
    add: async ({ id, email, name }) => {
      await context.internalAdapter.createUser({ id, email, name, emailVerified: true }, { method: 'admin' });
    },
    setEmail: async (person, email) => {
      await db.updateTable('user').set({ email }).where('id', '=', person).execute();
    },
    ...links(auth, db, options.publicUrl),
    ...passwords(auth, db),
    ...sessions(db),
    close: () => db.destroy(),
  };
}

/** What a link stands for is kept as the library writes it. */
function links(auth: Auth, db: Kysely<AccountTables>, publicUrl: string): Pick<Accounts, 'signInLink' | 'redeem'> {
  const turns = new Turns();
  return {
    signInLink: (email) =>
      turns.take(async () => {
        const value = JSON.stringify({ type: 'magic-link', email });
        await db.deleteFrom('verification').where('value', '=', value).execute();
        const token = await new Promise<string>((tell, reject) => {
          const made = auth.api.signInMagicLink({ body: { email, metadata: { tell } }, headers: new Headers() });
          made.then(() => reject(new Error('the library made no link')), reject);
        });
        return `${publicUrl}/welcome#${token}`;
      }),
    redeem: async (token, headers) => {
      const response = await auth.api.magicLinkVerify({ query: { token }, headers, asResponse: true });
      if (response.ok) {
        const { user } = (await response.clone().json()) as { user: { id: string } };
        await db.deleteFrom('account').where('userId', '=', user.id).where('providerId', '=', 'credential').execute();
      }
      return response;
    },
  };
}

type PasswordPart = Pick<Accounts, 'setPassword' | 'changePassword' | 'hasPassword' | 'needsPassword'>;

function passwords(auth: Auth, db: Kysely<AccountTables>): PasswordPart {
  const guesses = new SignInLimiter();
  return {
    setPassword: async (newPassword, headers) => void (await auth.api.setPassword({ body: { newPassword }, headers })),
    changePassword: async (person, { current: currentPassword, next: newPassword }, headers) => {
      const attempt = guesses.begin(person, person);
      if (attempt.wait > 0)
        throw new CapabilityError('QUOTA', `Too many attempts. Try again in ${attempt.wait} seconds.`);
      await auth.api.changePassword({ body: { currentPassword, newPassword }, headers }).catch(wrongPassword);
      attempt.succeeded();
    },
    hasPassword: async (person) => {
      const found = db.selectFrom('account').select('userId').where('userId', '=', person);
      return (await found.where('providerId', '=', 'credential').executeTakeFirst()) !== undefined;
    },
    needsPassword: async (person) => {
      const row = await db.selectFrom('account').select('providerId').where('userId', '=', person).executeTakeFirst();
      return row === undefined;
    },
  };
}

function sessions(db: Kysely<AccountTables>): Pick<Accounts, 'session' | 'endedSessions' | 'lasts' | 'endSessions'> {
  return {
    session: async (token) => {
      const row = await db
        .selectFrom('session')
        .select(['userId', 'expiresAt', 'updatedAt'])
        .where('token', '=', token)
        .executeTakeFirst();
      if (!row) return undefined;
      const now = Date.now();
      const idle = now - row.updatedAt.getTime();
      if (idle > USE_KNOWN_TO && idle < SESSION_IDLE)
        await db
          .updateTable('session')
          .set({ updatedAt: new Date(now) })
          .where('token', '=', token)
          .execute();
      const expiresAt = Math.min(row.expiresAt.getTime(), row.updatedAt.getTime() + SESSION_IDLE);
      return { person: row.userId, expiresAt };
    },
    endedSessions: async (tokens) => {
      const now = Date.now();
      const { rows } = await sql<{ token: string }>`
        SELECT token FROM unnest(${tokens}::text[]) AS asked (token) WHERE NOT EXISTS (
          SELECT FROM session s WHERE s.token = asked.token
          AND "expiresAt" > ${new Date(now)} AND "updatedAt" > ${new Date(now - SESSION_IDLE)})`.execute(db);
      return new Set(rows.map(({ token }) => token));
    },
    lasts: async (person, sha256) => {
      const now = Date.now();
      const { rows } = await sql`
        SELECT FROM session WHERE "userId" = ${person} AND encode(sha256(convert_to(token, 'UTF8')), 'hex') = ${sha256}
          AND "expiresAt" > ${new Date(now)} AND "updatedAt" > ${new Date(now - SESSION_IDLE)}`.execute(db);
      return rows.length > 0;
    },
    endSessions: async (person, but = '') =>
      void (await db.deleteFrom('session').where('userId', '=', person).where('token', '<>', but).execute()),
  };
}

function wrongPassword(error: unknown): never {
  const { code } = (error as { body?: { code?: string } }).body ?? {};
  if (code !== 'INVALID_PASSWORD' && code !== 'CREDENTIAL_ACCOUNT_NOT_FOUND') throw error;
  throw new CapabilityError('INVALID', 'current: is not your present password.', { field: 'current' });
}

type Auth = ReturnType<typeof betterAuth<ReturnType<typeof authOptions>>>;

/** The library leaves out a provider that did not answer when it began, so it begins anew until it has them all. */
function withProviders(first: Auth, make: () => Auth, oidc: readonly OidcProvider[]): () => Promise<Auth> {
  let auth = first;
  let tried = Date.now();
  return async () => {
    const { socialProviders } = await auth.$context;
    const missing = oidc.some(({ id }) => !socialProviders.some((known) => known.id === id));
    if (!missing || Date.now() < tried + RETRY_PROVIDERS) return auth;
    tried = Date.now();
    return (auth = make());
  };
}

function authOptions(options: AccountsOptions, db: Kysely<AccountTables>) {
  const { publicUrl, secret, people, audit, organisation, oidc } = options;
  return {
    appName: 'Valfri',
    baseURL: publicUrl,
    basePath: AUTH_PATH,
    secret,
    trustedOrigins: [publicUrl],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: { db, type: 'postgres' as const },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 256,
      // Argon2id with the library's defaults: 19 MiB, two passes (OWASP Password Storage Cheat Sheet).
      password: {
        hash: (password: string) => hash(password),
        verify: ({ hash: known, password }: { hash: string; password: string }) => verify(known, password),
      },
    },
    // When it was used last is for us to keep: the library would put off the end for ever.
    session: { expiresIn: SESSION_LIFE, disableSessionRefresh: true, freshAge: 3_600 },
    rateLimit: {
      enabled: true,
      storage: 'memory' as const,
      // By address, which a whole office may share. Failed sign-ins are counted apart, see SignInLimiter.
      window: 60,
      max: 600,
      customRules: { '/sign-in/email': false as const, '/sign-in/social': { window: 60, max: 600 } },
    },
    account: { accountLinking: { enabled: true, trustedProviders: oidc.map(({ id }) => id) } },
    advanced: {
      cookiePrefix: '__Host-valfri',
      useSecureCookies: false, // it would put another prefix in front of ours; the attribute is set below
      defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'lax' as const, path: '/' },
      ipAddress: { ipAddressHeaders: ['x-valfri-address'] },
      database: { generateId: () => newId() },
    },
    databaseHooks: {
      user: {
        create: { after: (user: { id: string; email: string; name: string }) => welcome(people, organisation, user) },
      },
      session: {
        create: {
          before: async ({ userId }: { userId: string }) => (await people.standing(userId)) !== undefined,
          after: ({ userId }: { userId: string }) =>
            audit.add({ actor: userId, action: 'session.began', target: userId }),
        },
      },
    },
    plugins: [
      magicLink({
        disableSignUp: true,
        expiresIn: LINK_LIFE,
        storeToken: 'hashed',
        sendMagicLink: ({ token, metadata }) => (metadata as { tell: (token: string) => void }).tell(token),
      }),
      ...(oidc.length > 0 ? [genericOAuth({ config: oidc.map(oauthConfig) })] : []),
    ],
  };
}

/** Whoever comes through an identity provider that the operator trusts is a person of the organisation. */
async function welcome(
  people: People,
  organisation: string,
  { id, email, name }: { id: string; email: string; name: string },
): Promise<void> {
  if ((await people.byIds(organisation, [id])).length > 0) return;
  await people.add({ id, organisation, email, name: name || email });
}

function oauthConfig({ id, name, issuer, clientId, clientSecret, admit = 'known' }: OidcProvider) {
  return {
    providerId: id,
    name,
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    requireIdTokenVerification: true,
    clientId,
    clientSecret,
    scopes: ['openid', 'profile', 'email'],
    pkce: true,
    disableSignUp: admit === 'known',
  };
}
