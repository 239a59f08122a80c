import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

const EPOCH_TICKS = 621_355_968_000_000_000n;

/** A key pair, and the public half as discovery has it. */
export interface ProofKey {
  readonly secret: KeyObject;
  readonly modulus: string;
  readonly exponent: string;
}

/** Makes a key as a WOPI client has it. */
export function aProofKey(): ProofKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const [modulus, exponent] = [n, e].map((each) => Buffer.from(each!, 'base64url').toString('base64'));
  return { secret: privateKey, modulus: modulus!, exponent: exponent! };
}

/** A moment in ticks of .NET. */
export function ticksAt(milliseconds: number): string {
  return String(BigInt(milliseconds) * 10_000n + EPOCH_TICKS);
}

/** Signs a request as a WOPI client does. */
export function sign({ secret }: ProofKey, url: string, ticks: string): string {
  const token = new URL(url).searchParams.get('access_token') ?? '';
  const moment = Buffer.alloc(8);
  moment.writeBigUInt64BE(BigInt(ticks));
  const parts = [Buffer.from(token), Buffer.from(url.toUpperCase()), moment];
  const signer = createSign('RSA-SHA256');
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    signer.update(length).update(part);
  }
  return signer.sign(secret, 'base64');
}
