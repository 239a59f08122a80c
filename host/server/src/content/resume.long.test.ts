import { newId } from '@valfri/core';
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { statfsSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createTestWorkspace, memoryWorkspace, type TestPerson } from '../testing/index.ts';
import { storedDocumentsPlugin } from '../testing/stored-documents-plugin.ts';

const GIB = 1 << 30;
const SIZE = 5 * GIB;
const { bavail, bsize } = statfsSync(tmpdir());

/** Bytes that differ everywhere, the same each time, from any place that is a multiple of 16 on. */
function* bytesFrom(start: number): Generator<Buffer> {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(start / 16), 8);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'valfri'), counter);
  const zeros = Buffer.alloc(1 << 20);
  for (let at = start; at < SIZE; at += zeros.length) yield cipher.update(zeros.subarray(0, SIZE - at));
}

const offsetOf = async (url: string, { cookie }: TestPerson): Promise<number> =>
  Number((await fetch(url, { method: 'HEAD', headers: { cookie } })).headers.get('upload-offset'));

/** Sends from where it is, and hangs up when so much has arrived. */
async function sendUntil(url: string, person: TestPerson, cut: number): Promise<void> {
  const start = await offsetOf(url, person);
  // It goes on where the pattern can be taken up: what has arrived beyond that is skipped.
  const skipped = start % 16;
  const headers = {
    cookie: person.cookie,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(start),
    'content-length': String(SIZE - start),
  };
  const sending = requestHttp(url, { method: 'PATCH', headers });
  const closed = new Promise<void>((resolve) => sending.on('close', resolve).on('error', () => undefined));
  let at = start - skipped;
  for (const bytes of bytesFrom(at)) {
    const piece = at < start ? bytes.subarray(skipped) : bytes;
    at += bytes.length;
    if (!sending.write(Buffer.from(piece))) await Promise.race([once(sending, 'drain'), closed]);
    if (at >= cut && cut < SIZE) break;
  }
  if (cut < SIZE) sending.destroy();
  else sending.end().on('response', (answer) => answer.resume());
  await closed;
}

// It is on the disk once: an upload, and then the file by a link.
test.skipIf(bavail * bsize < SIZE + 2 * GIB)(
  'five gibibytes that are cut off at every tenth are whole in the end',
  { timeout: 900_000 },
  async () => {
    await using host = await createTestWorkspace({
      workspace: {
        ...memoryWorkspace,
        plugins: [...memoryWorkspace.plugins, storedDocumentsPlugin()],
        instances: [...memoryWorkspace.instances, { id: 'documents', plugin: 'stored-documents' }],
        bindings: [...memoryWorkspace.bindings, { capability: 'documents', instance: 'documents' }],
      },
    });
    const ann = await host.person('Ann');
    const home = (await ann.api.documents.getHome.mutate({})).node.id;
    const [upload, id] = [newId(), newId()];
    const url = `${host.url}/content/uploads/${upload}`;
    const headers = { cookie: ann.cookie };
    await fetch(url, { method: 'POST', headers: { ...headers, 'upload-length': String(SIZE) } });
    const due = createHash('sha256');
    for (const piece of bytesFrom(0)) due.update(piece);
    const sha256 = due.digest('hex');
    let before = 0;
    for (let tenth = 1; tenth <= 10; tenth++) {
      await sendUntil(url, ann, (SIZE / 10) * tenth);
      // The host hears of it a moment later.
      await expect.poll(() => offsetOf(url, ann), { timeout: 10_000 }).toBeGreaterThan(before);
      before = await offsetOf(url, ann);
    }
    await expect.poll(() => offsetOf(url, ann)).toBe(SIZE);
    const input = { id, version: newId(), parent: home, name: 'stor.bin', mediaType: 'application/octet-stream' };
    const made = await fetch(`${host.url}/content/documents/createFile`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ upload, input }),
    });
    const { node } = (await made.json()) as { node: { version: { size: number; sha256: string } } };
    expect(node.version).toMatchObject({ size: SIZE, sha256 });
    const read = createHash('sha256');
    const answer = await fetch(
      `${host.url}/content/documents/readFile?input=${encodeURIComponent(JSON.stringify({ file: id }))}`,
      { headers },
    );
    for await (const piece of answer.body!) read.update(piece);
    expect(read.digest('hex')).toBe(sha256);
  },
);
