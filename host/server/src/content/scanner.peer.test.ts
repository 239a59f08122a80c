import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { gzipSync } from 'node:zlib';
import { startClamd } from '../../../../scripts/peers/clamd.ts';
import { requirePeers } from '../../../../scripts/peers/python.ts';
import { StreamScanner, TooLargeToScanError } from './scanner.ts';

const clamd = await requirePeers(startClamd());
afterAll(() => clamd?.stop());

function contentOf(bytes: Buffer) {
  const read = async function* () {
    for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
  };
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), read };
}

describe.skipIf(!clamd)('a real scanner', () => {
  const scan = (bytes: Buffer) => new StreamScanner(clamd!.address).scan(contentOf(bytes));
  const clean = Buffer.alloc(5_000_000, 'rent ');

  test('finds what it knows, wherever it stands, also in what is packed', async () => {
    const { malware, signature } = clamd!;
    expect(await scan(clean)).toBeUndefined();
    expect(await scan(Buffer.alloc(0))).toBeUndefined();
    expect(await scan(Buffer.from(malware))).toBe(signature);
    expect(await scan(Buffer.concat([clean, Buffer.from(malware), clean]))).toBe(signature);
    expect(await scan(gzipSync(Buffer.from(`före ${malware}`)))).toBe(signature);
  });

  test('says that something is too large, before it has all of it', async () => {
    await expect(scan(Buffer.alloc(80 << 20))).rejects.toBeInstanceOf(TooLargeToScanError);
    expect(await scan(clean)).toBeUndefined();
  });

  test('that is away is an error, and scans again when it is back', async () => {
    await clamd!.kill();
    await expect(scan(clean)).rejects.toThrow();
    await clamd!.restart();
    expect(await scan(clean)).toBeUndefined();
  });
});
