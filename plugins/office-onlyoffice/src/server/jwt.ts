import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = encoded({ alg: 'HS256', typ: 'JWT' });
/** How far two clocks may be apart, in seconds. */
const SKEW = 60;

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>;

/** Signs claims, for some seconds. @see RFC 7519, RFC 7515 */
export function signToken(claims: Claims, secret: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1_000);
  const body = `${HEADER}.${encoded({ ...claims, iat: now, exp: now + seconds })}`;
  return `${body}.${macOf(body, secret).toString('base64url')}`;
}

/**
 * What a token says, where it was signed with the secret by HS256 and is valid now; `undefined` for every other one, also one
 * that names another algorithm.
 * @see RFC 8725, section 3.1
 */
export function readToken(token: string, secret: string): Claims | undefined {
  const [header, payload, signature, ...more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) return undefined;
  if (decoded(header)?.['alg'] !== 'HS256') return undefined;
  const due = macOf(`${header}.${payload}`, secret);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== due.length || !timingSafeEqual(given, due)) return undefined;
  const claims = decoded(payload);
  return claims && isTimely(claims) ? claims : undefined;
}

function isTimely({ exp, nbf }: Claims): boolean {
  const now = Date.now() / 1_000;
  if (exp !== undefined && (typeof exp !== 'number' || exp < now - SKEW)) return false;
  return nbf === undefined || (typeof nbf === 'number' && nbf <= now + SKEW);
}

function macOf(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decoded(text: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
