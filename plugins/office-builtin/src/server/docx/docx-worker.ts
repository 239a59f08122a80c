import { CapabilityError } from '@valfri/sdk';
import { Worker } from 'node:worker_threads';
import type { BegunDocx } from './docx-file.ts';
import type { DocxAnswer, DocxQuestion } from './docx-thread.ts';

/** How long one question may take, in milliseconds, once its turn has come. */
const LONGEST = 60_000;
const MEMORY = 1_024;

interface Waiting {
  readonly question: DocxQuestion;
  resolve(done: unknown): void;
  reject(error: Error): void;
}

/**
 * Reads and writes documents in a thread of its own, one after another: whatever a file does to the reader, it holds up
 * neither the host nor its memory. The thread ends after a question that took too long, and begins anew with the next.
 */
export class DocxWorker {
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  async begin(bytes: Uint8Array): Promise<BegunDocx & { readonly base: Uint8Array }> {
    return (await this.#ask({ do: 'begin', bytes })) as Awaited<ReturnType<DocxWorker['begin']>>;
  }

  async write(base: Uint8Array, state: Uint8Array): Promise<Uint8Array> {
    return (await this.#ask({ do: 'write', base, state })) as Uint8Array;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#end(new CapabilityError('UNAVAILABLE', 'The instance is stopping.'));
    await worker?.terminate();
  }

  #ask(
    question: Omit<Extract<DocxQuestion, { do: 'begin' }>, 'id'> | Omit<Extract<DocxQuestion, { do: 'write' }>, 'id'>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question: { ...question, id: ++this.#count } as DocxQuestion, resolve, reject });
      if (this.#waiting.length === 1) this.#next();
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (!first) return this.#worker?.unref();
    this.#worker ??= this.#started();
    this.#worker.ref();
    this.#timer = setTimeout(() => this.#over(), LONGEST);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    return this.#worker.postMessage(first.question);
  }

  /** The question under way took too long: it fails, and those behind it get a new thread. */
  #over(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#settle(({ reject }) =>
      reject(new CapabilityError('INVALID', 'The document takes too long to read.', { reason: 'TOO_LARGE' })),
    );
  }

  #started(): Worker {
    // From its source, or as it was built.
    const file = new URL(`./docx-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
    const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MEMORY } });
    worker.on('message', (answer: DocxAnswer) => this.#answered(answer));
    worker.on('error', (error: Error) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#settle(({ reject }) =>
        reject(new CapabilityError('INVALID', 'The document could not be read.', { reason: 'BROKEN', cause: error })),
      );
    });
    return worker;
  }

  #answered(answer: DocxAnswer): void {
    if (this.#waiting[0]?.question.id !== answer.id) return;
    this.#settle(({ resolve, reject }) => ('done' in answer ? resolve(answer.done) : reject(errorOf(answer.failed))));
  }

  #settle(settle: (waiting: Waiting) => void): void {
    clearTimeout(this.#timer);
    const first = this.#waiting.shift();
    if (first) settle(first);
    this.#next();
  }

  #end(error: Error): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#worker = undefined;
    for (const { reject } of waiting) reject(error);
  }
}

function errorOf({ message, code, reason }: Extract<DocxAnswer, { failed: unknown }>['failed']): Error {
  const known = code === 'INVALID' && reason !== undefined;
  return new CapabilityError('INVALID', known ? message : 'The document could not be read.', {
    reason: known ? reason : 'BROKEN',
    cause: new Error(message),
  });
}
