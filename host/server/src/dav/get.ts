import type { DocumentNode } from '@valfri/sdk';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { contentHeaders, rangeOf } from '../http/content-headers.ts';
import type { DavContext } from './context.ts';
import { DavFault } from './dav-fault.ts';
import { etagOf, rangeHolds, readConditions } from './preconditions.ts';
import { isFolder } from './tree.ts';

/** How often what is read is looked at again, because it was written meanwhile. */
const TRIES = 3;

const FOLDER = 'This is a folder for programs that speak WebDAV. Your settings in the workspace say how to open it.\n';

/** GET and HEAD. @see RFC 9110, sections 9.3.1, 13 and 14 */
export async function get(context: DavContext): Promise<FastifyReply> {
  const { reply, tree, path } = context;
  for (let tries = 1; tries <= TRIES; tries++) {
    const resource = await tree.existing(path);
    if (isFolder(resource)) return reply.type('text/plain; charset=utf-8').send(FOLDER);
    if (await send(context, resource.node!)) return reply;
    tree.forget();
  }
  throw new DavFault(503, 'The file is being written all the time. Try again.', { headers: { 'retry-after': '1' } });
}

/** Answers with a file. @returns whether it has: not where its content is another by now. */
async function send(context: DavContext, node: DocumentNode): Promise<boolean> {
  const { request, reply, files } = context;
  const known = node.version!;
  const fresh = readConditions(request, node);
  reply.headers({
    etag: etagOf(node),
    'last-modified': new Date(known.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
  });
  if (fresh === 'unchanged') return sent(reply.code(304).send());
  reply.headers(contentHeaders({ name: node.name, mediaType: known.mediaType, shown: true }));
  if (request.method === 'HEAD') return sent(reply.header('content-length', String(known.size)).send());
  const range = rangeHolds(request, node) ? rangeOf(request.headers.range, known.size) : undefined;
  if (range === 'none')
    return sent(reply.code(416).header('content-range', `bytes */${known.size}`).send('The range is beyond the end.'));
  const answer = await files.ask('readFile', { file: node.id, ...(range ? { range } : {}) });
  if (answer.version !== known.id) {
    await answer.content[Symbol.asyncIterator]().return?.();
    return false;
  }
  const end = Math.min(range?.end ?? answer.size, answer.size);
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${end - 1}/${answer.size}`);
  reply.header('content-length', String(end - (range?.start ?? 0)));
  return sent(reply.send(Readable.from(answer.content, { objectMode: false })));
}

/** A reply itself must not be waited for: that is waiting until it has been sent. */
function sent(_: FastifyReply): true {
  return true;
}
