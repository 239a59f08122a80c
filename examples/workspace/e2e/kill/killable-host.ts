import { freePort } from '@valfri/sdk/postgres';
import { createTestDatabase, type TestDatabase } from '@valfri/sdk/testing';
import type { SwapOverrides } from '@valfri/server';
import { arrive, type TestPerson } from '@valfri/server/testing';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a host is to end: so many milliseconds after the n-th time that a swap passes a point. */
export interface KillOrder {
  readonly at: string;
  readonly count: number;
  readonly afterMs: number;
}

/** A host in a process of its own, with a real database, that can be killed and started again. */
export class KillableHost implements AsyncDisposable {
  readonly url: string;
  readonly database: TestDatabase;
  readonly operator: TestPerson;
  /** Where it keeps its files. */
  readonly directory: string;
  readonly #args: readonly string[];
  #child: ChildProcess;

  private constructor(given: Pick<KillableHost, 'url' | 'database' | 'operator'>, start: Started) {
    this.url = given.url;
    this.database = given.database;
    this.operator = given.operator;
    this.#args = start.args;
    this.directory = start.args[0]!;
    this.#child = start.child;
  }

  /** @param timing how patient its moves are, where that is not as always. */
  static async start(timing: SwapOverrides['timing'] = {}): Promise<KillableHost> {
    const database = await createTestDatabase();
    const port = await freePort();
    const args = [mkdtempSync(join(tmpdir(), 'valfri-kill-')), database.url, String(port), JSON.stringify(timing)];
    const { child, firstLink } = await launch(args);
    const url = `http://localhost:${port}`;
    const operator = await arrive(url, firstLink!, { name: 'Disa Drift', email: 'disa@example.org' });
    return new KillableHost({ url, database, operator }, { args, child });
  }

  /** Tells the host where to end. */
  async order(order: KillOrder): Promise<void> {
    this.#child.send(order);
    await once(this.#child, 'message');
  }

  /** Ends it now. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.died();
  }

  /** Settles when the process is gone. */
  async died(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }

  async restart(): Promise<void> {
    this.#child = (await launch(this.#args)).child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.database[Symbol.asyncDispose]();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly args: readonly string[];
  readonly child: ChildProcess;
}

async function launch(args: readonly string[]): Promise<{ child: ChildProcess; firstLink?: string }> {
  const child = fork(new URL('host-process.ts', import.meta.url).pathname, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (output = (output + String(chunk)).slice(-4_000)));
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`the host did not start:\n${output}`);
    }),
  ])) as [{ firstLink?: string }];
  return { child, ...message };
}
