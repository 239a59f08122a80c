import { CapabilityError, newId } from '@valfri/core';
import { documents, type DocumentNode } from '@valfri/sdk';
import { nameFault } from '@valfri/sdk/documents';
import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { z } from 'zod';
import { archiveOf, type ArchiveSource } from '../content/archive.ts';
import type { Standing } from '../people/people.ts';
import { callOperation } from '../router/call-operation.ts';
import type { HostServices } from '../services.ts';
import { CONTENT_POLICY } from './content-headers.ts';
import { CONTENT, jsonIn, standingOf } from './content-request.ts';

/** How long what was asked for can be fetched, in milliseconds. */
const KEPT = 10 * 60_000;

/** How many of a person's are kept. */
const MOST = 20;

/** How many of what is asked for are looked up before the answer; the rest is as the archive comes to it. */
const CHECKED = 100;

/** Entries a page of a folder. */
const PAGE = 500;

const wish = z.object({
  nodes: z.array(z.uuid()).min(1).max(10_000),
  name: z.string().max(200).optional().describe('Of the archive, without its ending'),
});

interface Asked {
  readonly person: string;
  readonly nodes: readonly string[];
  readonly name: string;
  readonly until: number;
}

/**
 * Serves files and folders as one archive. What is to be in it is asked for first, and refused with a reason; what comes
 * back is an address that the browser fetches as it fetches any file.
 */
export function addArchives(scope: FastifyInstance, services: HostServices): void {
  const kept = new Map<string, Asked>();
  scope.post(`${CONTENT}archives`, async (request, reply) => {
    const standing = await standingOf(request, services);
    const { nodes, name: wished } = wishIn(jsonIn(request));
    const source = sourceFor(services, standing);
    const [first] = await Promise.all(nodes.slice(0, CHECKED).map((id) => source.node(id)));
    const name = archiveName(wished ?? first!.name);
    const id = newId();
    forget(kept, standing.id);
    kept.set(id, { person: standing.id, nodes, name, until: Date.now() + KEPT });
    return reply.send({ id, name });
  });
  scope.get(`${CONTENT}archives/:id`, async (request, reply) => {
    const standing = await standingOf(request, services);
    const asked = kept.get((request.params as { id: string }).id);
    if (!asked || asked.person !== standing.id || asked.until < Date.now())
      throw new CapabilityError('NOT_FOUND', 'Nothing is here. Ask for the archive anew.');
    const archive = archiveOf(asked.nodes, sourceFor(services, standing));
    await once(archive, 'readable'); // what fails before there is anything is answered as what it is
    reply.headers({
      'content-security-policy': CONTENT_POLICY,
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(asked.name)}`,
      'cache-control': 'no-store',
    });
    return reply.send(archive);
  });
}

function wishIn(body: unknown): z.output<typeof wish> {
  const { success, data, error } = wish.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? 'nodes');
  throw new CapabilityError('INVALID', `${field}: ${issue?.message}`, { field });
}

function archiveName(name: string): string {
  return `${nameFault(name) ? 'Valfri' : name}.zip`;
}

/** What is too old, and the oldest of a person's where they are many. */
function forget(kept: Map<string, Asked>, person: string): void {
  for (const [id, { until }] of kept) if (until < Date.now()) kept.delete(id);
  const own = [...kept].filter(([, asked]) => asked.person === person);
  for (const [id] of own.slice(0, Math.max(0, own.length - MOST + 1))) kept.delete(id);
}

/** Documents as a person may see them. */
function sourceFor(services: HostServices, standing: Standing): ArchiveSource {
  const call = async (name: 'get' | 'list' | 'readFile', input: object): Promise<unknown> =>
    callOperation({
      ...{ capability: documents, name, operation: documents.operations[name], input },
      ...{ services, standing },
    });
  return {
    node: async (node) => ((await call('get', { node })) as { node: DocumentNode }).node,
    async *inFolder(folder) {
      for (let after: string | undefined; ;) {
        const input = { folder, limit: PAGE, ...(after ? { after } : {}) };
        const page = (await call('list', input)) as { nodes: DocumentNode[]; next?: string };
        yield page.nodes;
        after = page.next;
        if (after === undefined) return;
      }
    },
    content: async (file) => ((await call('readFile', { file })) as { content: AsyncIterable<Uint8Array> }).content,
  };
}
