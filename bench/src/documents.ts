import { newId } from '@valfri/core';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApache } from '../../scripts/peers/apache.ts';
import { forgetPeak, peakMegabytes, receive, send } from './lib/files/transfer.ts';
import { type Figures, percentile, print, rounded, say } from './lib/report.ts';

/** Of the file that goes up and down, in bytes. */
const SIZE = Number(process.env['MEGABYTES'] ?? 1_024) << 20;
/** Of what goes up in one request, in bytes, as in the shell; a file at once is also measured. */
const PIECE = Number(process.env['PIECE'] ?? 8) << 20;
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const ENTRIES = Number(process.env['ENTRIES'] ?? 100_000);

/** Something that files are sent to and fetched from. */
interface Subject extends AsyncDisposable {
  readonly pids: () => readonly number[];
  up(): Promise<unknown>;
  down(): Promise<number>;
}

await using bare = await bareServer();
await using apache = await apacheServer();
await using valfri = await valfriHost();
const subjects: Readonly<Record<string, Subject>> = {
  bare,
  apache,
  valfri,
  valfriAtOnce: { ...valfri, up: () => valfri.put(SIZE), [Symbol.asyncDispose]: async () => undefined },
};
const transfers = await measureTransfers();
const listing = await measureListing();
const ratio = (name: string, peer: string, way: 'upMBs' | 'downMBs') =>
  rounded(transfers[name]![way] / transfers[peer]![way]);
print('documents', {
  megabytes: SIZE >> 20,
  ...transfers,
  upToApache: ratio('valfri', 'apache', 'upMBs'),
  downToApache: ratio('valfri', 'apache', 'downMBs'),
  upToBare: ratio('valfri', 'bare', 'upMBs'),
  upAtOnceToBare: ratio('valfriAtOnce', 'bare', 'upMBs'),
  downToBare: ratio('valfri', 'bare', 'downMBs'),
  listing,
});

type Transfer = Readonly<Record<'upMBs' | 'downMBs' | 'upPeakMB' | 'downPeakMB', number>>;

/** In turns, so that what else the machine does meets all of them. The middle of what each took counts. */
async function measureTransfers(): Promise<Readonly<Record<string, Transfer>>> {
  const runs: Record<string, Transfer[]> = {};
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, subject] of Object.entries(subjects)) {
      const [upMBs, upPeakMB] = await timed(subject, subject.up);
      const [downMBs, downPeakMB] = await timed(subject, subject.down);
      say(`${name}: ${upMBs} MB/s up, ${downMBs} MB/s down, ${Math.max(upPeakMB, downPeakMB)} MB resident`);
      (runs[name] ??= []).push({ upMBs, downMBs, upPeakMB, downPeakMB });
    }
  return Object.fromEntries(
    Object.entries(runs).map(([name, all]) => [
      name,
      {
        upMBs: percentile(
          all.map(({ upMBs }) => upMBs),
          0.5,
        ),
        downMBs: percentile(
          all.map(({ downMBs }) => downMBs),
          0.5,
        ),
        upPeakMB: Math.max(...all.map(({ upPeakMB }) => upPeakMB)),
        downPeakMB: Math.max(...all.map(({ downPeakMB }) => downPeakMB)),
      },
    ]),
  );
}

async function timed({ pids }: Subject, work: () => Promise<unknown>): Promise<[number, number]> {
  for (const pid of pids()) forgetPeak(pid);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  return [rounded(SIZE / 1e6 / seconds), Math.max(...pids().map(peakMegabytes))];
}

async function bareServer(): Promise<Subject> {
  const { child, said, [Symbol.asyncDispose]: dispose } = await inAProcess<{ url: string }>('bare-server');
  const { url } = said;
  return {
    pids: () => [child.pid!],
    up: () => send({ method: 'PUT', url, body: SIZE }),
    down: () => receive({ method: 'GET', url }),
    [Symbol.asyncDispose]: dispose,
  };
}

async function apacheServer(): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-bench-apache-'));
  // Its processes are another account's.
  chmodSync(directory, 0o755);
  const { url, username, password, pids, stop } = await startApache({ directory });
  const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  const file = { url: `${url}/file`, headers };
  return {
    pids,
    up: () => send({ method: 'PUT', ...file, body: SIZE }),
    down: () => receive({ method: 'GET', ...file }),
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface ValfriHost extends Subject {
  /** Sends a file in pieces of a size. */
  put(piece: number): Promise<void>;
  list(input: object): Promise<{ readonly nodes: readonly unknown[]; readonly next?: string }>;
  folderOf(entries: number): Promise<string>;
}

async function valfriHost(): Promise<ValfriHost> {
  const host = await inAProcess<{ url: string; cookie: string; home: string }>('host-server');
  const { url, cookie, home } = host.said;
  const headers = { cookie };
  const json = { cookie, 'content-type': 'application/json' };
  let file = '';
  const put = async (most: number) => {
    const upload = `${url}/content/uploads/${newId()}`;
    await send({ method: 'POST', url: upload, headers: { cookie, 'upload-length': String(SIZE) } });
    for (let at = 0; at < SIZE; at += most) {
      const type = { cookie, 'content-type': 'application/offset+octet-stream', 'upload-offset': String(at) };
      await send({ method: 'PATCH', url: upload, headers: type, body: Math.min(most, SIZE - at) });
    }
    file = newId();
    const input = { id: file, version: newId(), parent: home, name: file, mediaType: 'text/plain' };
    const body = JSON.stringify({ upload: upload.split('/').at(-1), input });
    await send({ method: 'POST', url: `${url}/content/documents/createFile`, headers: json, body });
  };
  const query = (input: object) => encodeURIComponent(JSON.stringify(input));
  return {
    put,
    pids: () => [host.child.pid!],
    up: () => put(PIECE),
    down: () => receive({ method: 'GET', url: `${url}/content/documents/readFile?input=${query({ file })}`, headers }),
    async list(input) {
      const text = await send({ method: 'GET', url: `${url}/trpc/documents.list?input=${query(input)}`, headers });
      return JSON.parse(text).result.data;
    },
    async folderOf(entries) {
      const made = once(host.child, 'message');
      host.child.send(entries);
      return ((await made) as [string])[0];
    },
    [Symbol.asyncDispose]: host[Symbol.asyncDispose],
  };
}

async function inAProcess<Said>(name: string) {
  const child = fork(new URL(`lib/files/${name}.ts`, import.meta.url).pathname, { execArgv: [] });
  const over = once(child, 'exit').then(() => Promise.reject(new Error(`${name} ended`)));
  const [said] = (await Promise.race([once(child, 'message'), over])) as [Said];
  over.catch(() => undefined);
  return {
    child,
    said,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

/** A folder with many files: its first page, a page deep inside, and all of it. */
async function measureListing(): Promise<Figures> {
  say(`a folder of ${ENTRIES} files …`);
  const folder = await valfri.folderOf(ENTRIES);
  const figures: Record<string, Figures> = {};
  for (const limit of [200, 1_000]) {
    const pages: number[] = [];
    let [count, after]: [number, string | undefined] = [0, undefined];
    do {
      const began = performance.now();
      const page = await valfri.list({ folder, limit, ...(after ? { after } : {}) });
      pages.push(performance.now() - began);
      count += page.nodes.length;
      after = page.next;
    } while (after !== undefined);
    if (count !== ENTRIES) throw new Error(`${count} of ${ENTRIES} were listed`);
    figures[`pagesOf${limit}`] = {
      firstMs: rounded(pages[0]!),
      deepMsP50: rounded(percentile(pages.slice(pages.length / 2), 0.5)),
      allSeconds: rounded(pages.reduce((sum, ms) => sum + ms, 0) / 1_000),
    };
  }
  return { entries: ENTRIES, ...figures };
}
