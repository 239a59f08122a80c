import { signal } from '@preact/signals-core';
import { newId } from '@valfri/core/ids';
import { numberedName } from '@valfri/sdk/documents';
import { failureIn, type Failure } from '../api.ts';

/** A file on its way to the server. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** How much has arrived, in bytes. */
  readonly sent: number;
  /** The file that it becomes. */
  readonly node: string;
  readonly state: 'waiting' | 'sending' | 'paused' | 'done' | 'failed';
  readonly failure?: Failure;
}

interface Job {
  readonly file: File;
  readonly parent: string;
  readonly node: string;
  readonly version: string;
  /** Whether another name is taken by itself where the name is taken. */
  readonly keepBoth: boolean;
  request?: XMLHttpRequest;
}

/** How much goes in one request, in bytes: what is lost at most when it breaks, with a server that keeps nothing of it. */
const PIECE = 8 << 20;

/** How many go at once. */
const AT_ONCE = 2;

/** How long is waited after a piece did not arrive, in milliseconds. */
const RETRY = 2_000;

/** Files on their way, and those that have arrived, until they are dismissed. */
export const uploads = signal<readonly Upload[]>([]);
const jobs = new Map<string, Job>();
let onDone: (parent: string) => void = () => undefined;

/** Calls a function when a file has arrived in a folder. */
export function onArrival(run: (parent: string) => void): void {
  onDone = run;
}

/** Sends files to a folder. @returns ids of the uploads. */
export function sendFiles(files: readonly File[], parent: string, { keepBoth = false } = {}): readonly string[] {
  return files.map((file) => {
    const [id, node] = [newId(), newId()];
    jobs.set(id, { file, parent, node, version: newId(), keepBoth });
    uploads.value = [...uploads.value, { id, name: file.name, size: file.size, sent: 0, node, state: 'waiting' }];
    queueMicrotask(sendNext);
    return id;
  });
}

function change(id: string, changes: Partial<Upload>): void {
  uploads.value = uploads.value.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload));
}

const stateOf = (id: string) => uploads.peek().find((upload) => upload.id === id)?.state;

function sendNext(): void {
  const sending = uploads.peek().filter(({ state }) => state === 'sending').length;
  for (const { id } of uploads
    .peek()
    .filter(({ state }) => state === 'waiting')
    .slice(0, AT_ONCE - sending)) {
    change(id, { state: 'sending' });
    void send(id);
  }
}

/** Sends one file, piece by piece; a piece that does not arrive is sent again from where the server has it. */
async function send(id: string): Promise<void> {
  const job = jobs.get(id)!;
  try {
    const headers = { 'upload-length': String(job.file.size) };
    await request(job, { method: 'POST', upload: id, headers });
    for (let offset = await arrived(job, id); offset < job.file.size;) {
      if (stateOf(id) !== 'sending') return;
      offset = await sendPiece(job, id, offset);
    }
    if (stateOf(id) !== 'sending') return;
    await makeFile(job, id);
    change(id, { state: 'done', sent: job.file.size });
    onDone(job.parent);
  } catch (error) {
    const failure = error as Failure;
    const goesOn = failure.passing && failure.reason !== 'SCANNER';
    if (goesOn && stateOf(id) === 'sending') return void setTimeout(() => void resumeSending(id), RETRY);
    if (stateOf(id) === 'sending') change(id, { state: 'failed', failure });
  }
  sendNext();
}

/** Makes a file of what has arrived. Where its name is taken another is, if that is wanted. */
async function makeFile(job: Job, upload: string): Promise<void> {
  const { node, version, parent, file, keepBoth } = job;
  const given = { id: node, version, parent, mediaType: 'application/octet-stream', modifiedAt: file.lastModified };
  const headers = { 'content-type': 'application/json' };
  for (let number = 1; ; number++) {
    const name = number === 1 ? file.name.normalize('NFC') : numberedName(file.name.normalize('NFC'), number);
    try {
      await request(job, { method: 'POST', headers, body: JSON.stringify({ upload, input: { ...given, name } }) });
      return;
    } catch (error) {
      if (!keepBoth || (error as Failure).reason !== 'NAME_TAKEN' || number === 50) throw error;
    }
  }
}

async function resumeSending(id: string): Promise<void> {
  if (stateOf(id) === 'sending') await send(id);
}

async function arrived(job: Job, id: string): Promise<number> {
  const answer = await request(job, { method: 'HEAD', upload: id });
  return Number(answer.getResponseHeader('upload-offset'));
}

async function sendPiece(job: Job, id: string, offset: number): Promise<number> {
  const headers = { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) };
  const body = job.file.slice(offset, offset + PIECE);
  const progress = (sent: number) => change(id, { sent: offset + sent });
  const answer = await request(job, { method: 'PATCH', upload: id, headers, body, progress });
  const now = Number(answer.getResponseHeader('upload-offset'));
  change(id, { sent: now });
  return now;
}

interface Asked {
  readonly method: string;
  /** Id of the upload; absent where the file is made of it. */
  readonly upload?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: XMLHttpRequestBodyInit;
  readonly progress?: (sent: number) => void;
}

/** One request; what `fetch` cannot tell is how much has gone. @throws a failure */
function request(job: Job, { method, upload, headers = {}, body, progress }: Asked): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject: (failure: Failure) => void) => {
    const asked = new XMLHttpRequest();
    job.request = asked;
    asked.open(method, upload === undefined ? '/content/documents/createFile' : `/content/uploads/${upload}`);
    for (const [name, value] of Object.entries(headers)) asked.setRequestHeader(name, value);
    if (progress) asked.upload.addEventListener('progress', ({ loaded }) => progress(loaded));
    asked.addEventListener('load', () =>
      asked.status < 300 ? resolve(asked) : reject(failureIn(asked.status, asked.responseText)),
    );
    for (const event of ['error', 'abort', 'timeout']) asked.addEventListener(event, () => reject(failureIn(0, '')));
    asked.send(body ?? null);
  });
}

/** Holds a file back; it goes on from where it was. */
export function pause(id: string): void {
  change(id, { state: 'paused' });
  jobs.get(id)?.request?.abort();
  sendNext();
}

/** Goes on with a file that was held back, or failed; under another name where that is said. */
export function resume(id: string, name?: string): void {
  const job = jobs.get(id);
  if (!job) return;
  if (name !== undefined) {
    jobs.set(id, { ...job, file: new File([job.file], name, { lastModified: job.file.lastModified }) });
    change(id, { name });
  }
  change(id, { state: 'waiting' });
  sendNext();
}

/** Gives a file up, or takes one that has arrived off the list. */
export function dismissUpload(id: string): void {
  const state = stateOf(id);
  jobs.get(id)?.request?.abort();
  jobs.delete(id);
  uploads.value = uploads.value.filter((upload) => upload.id !== id);
  if (state !== 'done') void fetch(`/content/uploads/${id}`, { method: 'DELETE' }).catch(() => undefined);
  sendNext();
}
