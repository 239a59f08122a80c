import { newId } from '@valfri/core';
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { Uploads } from './uploads.ts';

/** A disk of its own, of a size in bytes; `undefined` where this account may make none. */
function aDisk(size: number): (Disposable & { readonly path: string }) | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'valfri-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'valfri', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    [Symbol.dispose]() {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}

const MIB = 1 << 20;

// Only root may mount a small disk, on Linux: elsewhere there is nothing to fill.
describe.skipIf(!canMount())('a full disk', () => {
  const open = async (path: string) => {
    const uploads = new Uploads(
      join(path, 'uploads'),
      createLog(() => undefined),
    );
    return { uploads, opened: await uploads.open() };
  };
  const piecesOf = async function* (bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  };
  const full = { code: 'QUOTA', reason: 'DISK_FULL', message: expect.stringMatching(/no room/) };

  test('refuses what cannot fit before any of it is sent', async () => {
    using disk = aDisk(200 * MIB)!;
    const { uploads, opened } = await open(disk.path);
    using _ = opened;
    const begin = (length: number) => uploads.begin({ id: newId(), person: newId(), length });
    await expect(begin(150 * MIB)).rejects.toMatchObject(full);
    await begin(100 * MIB);
  });

  test('in the midst of an upload keeps what has come, and goes on from there when there is room', async () => {
    using disk = aDisk(200 * MIB)!;
    const { uploads, opened } = await open(disk.path);
    using _ = opened;
    const [id, person, bytes] = [newId(), newId(), randomBytes(100 * MIB)];
    await uploads.begin({ id, person, length: bytes.length });
    const filler = join(disk.path, 'filler');
    const { bavail, bsize } = statfsSync(disk.path);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - 30 * MIB));
    await expect(uploads.append(id, person, { at: 0, piece: piecesOf(bytes) })).rejects.toMatchObject(full);
    const { offset } = await uploads.offset(id, person);
    expect(offset).toBeGreaterThan(20 * MIB);
    expect(offset).toBeLessThanOrEqual(30 * MIB);
    rmSync(filler);
    await uploads.append(id, person, { at: offset, piece: piecesOf(bytes.subarray(offset)) });
    const { sha256 } = await uploads.content(id, person);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('is told where not even an empty upload can be begun', async () => {
    using disk = aDisk(100 * MIB)!;
    const { uploads, opened } = await open(disk.path);
    using _ = opened;
    const { bavail, bsize } = statfsSync(disk.path);
    writeFileSync(join(disk.path, 'filler'), Buffer.alloc(bavail * bsize));
    await expect(uploads.begin({ id: newId(), person: newId(), length: 0 })).rejects.toMatchObject(full);
  });
});

function canMount(): boolean {
  using disk = aDisk(MIB);
  return disk !== undefined;
}
