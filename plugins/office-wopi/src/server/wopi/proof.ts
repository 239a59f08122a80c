import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { PublishedKey } from '../discovery/parse-discovery.ts';

/** How old a signed request may be, and how far ahead its clock may be, in milliseconds. */
const LATEST = 20 * 60_000;
/** Ticks of .NET at the Unix epoch, and in a millisecond. */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const TICKS = 10_000n;

/** What a WOPI client signs, and with what. */
export interface Proof {
  /** As it stands in the URL. */
  readonly token: string;
  /** Of the request, as the client wrote it. */
  readonly url: string;
  /** Ticks of .NET, in digits. */
  readonly timestamp: string;
  /** Base64. */
  readonly proof: string;
  /** Base64; made with the key before. */
  readonly proofOld: string;
}

/**
 * Whether a request is signed by the WOPI client, whichever of the two has changed keys meanwhile.
 * @param keys the present one and the one before.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/online/scenarios/proofkeys
 */
export function isProven(given: Proof, keys: readonly PublishedKey[]): boolean {
  const signed = signedBytes(given);
  const [current, old] = keys.map(keyOf);
  if (!signed || !current) return false;
  return (
    isSigned(signed, given.proof, current) ||
    isSigned(signed, given.proofOld, current) ||
    (old !== undefined && isSigned(signed, given.proof, old))
  );
}

/** Whether a timestamp is of these minutes. */
export function isTimely(timestamp: string, now: number): boolean {
  const ticks = ticksOf(timestamp);
  return ticks !== undefined && Math.abs(now - Number((ticks - EPOCH_TICKS) / TICKS)) <= LATEST;
}

function ticksOf(timestamp: string): bigint | undefined {
  return /^[0-9]{1,19}$/.test(timestamp) && BigInt(timestamp) < 1n << 63n ? BigInt(timestamp) : undefined;
}

function signedBytes({ token, url, timestamp }: Proof): Uint8Array | undefined {
  const ticks = ticksOf(timestamp);
  if (ticks === undefined) return undefined;
  const moment = Buffer.alloc(8);
  moment.writeBigInt64BE(ticks);
  return Buffer.concat([Buffer.from(token), Buffer.from(url.toUpperCase()), moment].flatMap(withLength));
}

function withLength(bytes: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

function keyOf({ modulus, exponent }: PublishedKey): KeyObject | undefined {
  const [n, e] = [modulus, exponent].map((each) => Buffer.from(each, 'base64').toString('base64url'));
  try {
    return createPublicKey({ key: { kty: 'RSA', n: n!, e: e! }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function isSigned(bytes: Uint8Array, signature: string, key: KeyObject): boolean {
  try {
    return verify('RSA-SHA256', bytes, key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
