import JSZip from 'jszip';
import { expect, test } from 'vitest';
import { checkZip } from './checked-zip.ts';

const packed = (zip: JSZip) => zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE' });

async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  return checkZip(bytes).then(
    () => undefined,
    (error: { reason?: string }) => error.reason ?? 'without a reason',
  );
}

test('an archive as documents are passes', async () => {
  expect(
    await refusal(await packed(new JSZip().file('word/document.xml', '<a/>').file('b.png', 'x'.repeat(9_000)))),
  ).toBeUndefined();
});

test('a bomb is refused before much of it is unpacked', async () => {
  const bomb = await packed(new JSZip().file('word/document.xml', Buffer.alloc(64 * 1024 * 1024, 0x20)));
  expect(bomb.length).toBeLessThan(100_000);
  const [started, before] = [performance.now(), process.memoryUsage().rss];
  expect(await refusal(bomb)).toBe('TOO_LARGE');
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
});

test('200,000 parts are refused by their number alone', async () => {
  const bytes = manyParts(200_000);
  const started = performance.now();
  expect(await refusal(bytes)).toBe('TOO_LARGE');
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('a part that is longer than it says is refused', async () => {
  const bytes = Buffer.from(await packed(new JSZip().file('a.xml', ' '.repeat(100_000))));
  const central = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  bytes.writeUInt32LE(10, central + 24);
  expect(await refusal(bytes)).toBe('BROKEN');
});

test('declarations are refused, also in UTF-16', async () => {
  const evil = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>';
  expect(await refusal(await packed(new JSZip().file('word/document.xml', evil)))).toBe('DOCTYPE');
  expect(await refusal(await packed(new JSZip().file('word/document.xml', Buffer.from(evil, 'utf16le'))))).toBe(
    'DOCTYPE',
  );
});

test('what is no archive is refused', async () => {
  expect(await refusal(Buffer.from('PK and nothing more'))).toBe('BROKEN');
});

/** An archive of empty parts, written by hand. */
function manyParts(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, i) => Buffer.from(`word/${i}.xml`));
  const local = names.map((name) => {
    const header = Buffer.alloc(30);
    header.write('PK\u0003\u0004', 'latin1');
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, name]);
  });
  let offset = 0;
  const central = names.map((name, i) => {
    const header = Buffer.alloc(46);
    header.write('PK\u0001\u0002', 'latin1');
    header.writeUInt16LE(name.length, 28);
    header.writeUInt32LE(offset, 42);
    offset += local[i]!.length;
    return Buffer.concat([header, name]);
  });
  const size = central.reduce((sum, { length }) => sum + length, 0);
  const [end64, locator, end] = [Buffer.alloc(56), Buffer.alloc(20), Buffer.alloc(22)];
  end64.write('PK\u0006\u0006', 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(count), 24);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(size), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  locator.write('PK\u0006\u0007', 'latin1');
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([...local, ...central, end64, locator, end]);
}
