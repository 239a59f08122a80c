import type { FenceControl, Instance } from '@valfri/core';
import { chat, newId } from '@valfri/sdk';
import { freePort } from '@valfri/sdk/postgres';
import type { WritingPerson } from '@valfri/sdk/testing';
import { type Host, readConfig, startHost, type Workspace } from '@valfri/server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A stretch of time in which writes were held, as `performance.now()` gives it. */
export interface FencedTime {
  readonly closed: number;
  opened: number;
}

/** A host with its embedded defaults, whose fences tell when they were closed. */
export interface BenchHost extends AsyncDisposable {
  readonly host: Host;
  readonly fenced: readonly FencedTime[];
  /** Somebody who is in the organisation, and writes through a handle. */
  person(name: string): Promise<WritingPerson & { readonly chat: ReturnType<typeof chatOf> }>;
}

/** Starts it in a folder of its own, on a free port. */
export async function startBenchHost(workspace: Workspace): Promise<BenchHost> {
  const directory = mkdtempSync(join(tmpdir(), 'valfri-bench-'));
  const fenced: FencedTime[] = [];
  const fence = (instance: Instance): FenceControl => ({
    close: (timeout) => {
      fenced.push({ closed: performance.now(), opened: Infinity });
      return instance.fence.close(timeout);
    },
    open: () => {
      instance.fence.open();
      fenced.at(-1)!.opened = performance.now();
    },
  });
  const config = readConfig({ data: directory, port: await freePort(), log: 'file' }, {});
  const host = await startHost({ workspace, config, swaps: { fence } });
  const { people, organisation } = host.services;
  return {
    host,
    fenced,
    async person(name) {
      const id = await people.add({ organisation, name, email: `${newId()}@example.org` });
      return { id, chat: chatOf(host, id) };
    },
    async [Symbol.asyncDispose]() {
      await host.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function chatOf({ services: { kernel, organisation } }: Host, person: string) {
  return kernel.handle(chat, { person, organisation });
}
