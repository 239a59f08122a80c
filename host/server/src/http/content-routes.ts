import {
  type CapabilityDefinition,
  CapabilityError,
  type Content,
  hasBytes,
  type OperationDefinition,
} from '@valfri/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { discard } from '../content/discard.ts';
import { mediaTypeOf } from '../content/media-type.ts';
import type { Incoming } from '../content/screening.ts';
import type { Standing } from '../people/people.ts';
import { callOperation } from '../router/call-operation.ts';
import { errorDetail, toTrpcError } from '../router/errors.ts';
import type { HostServices } from '../services.ts';
import { addArchives } from './archive-routes.ts';
import { contentHeaders } from './content-headers.ts';
import { CONTENT, jsonIn, parsed, standingOf } from './content-request.ts';
import { sendBytes } from './send-bytes.ts';

/** @see https://tus.io/protocols/resumable-upload */
const TUS = { 'tus-resumable': '1.0.0' };

/** How long a provider may take with content that it is handed, in milliseconds. */
const TAKING_IN = 10 * 60_000;

/** Where content goes in and out, and for whom. */
export interface ContentDoor {
  /** What the addresses begin with, up to a slash. */
  readonly prefix: string;
  /** Who asks for an operation, or to `upload`. @throws where they may not */
  standingOf(request: FastifyRequest, called: string): Promise<Standing>;
}

/** Serves uploads, after tus 1.0, and the operations that carry content. */
export function addContent(app: FastifyInstance, services: HostServices): void {
  addContentDoor(app, services, { prefix: CONTENT, standingOf: (request) => standingOf(request, services) });
}

/** The same behind a door of its own. */
export function addContentDoor(app: FastifyInstance, services: HostServices, door: ContentDoor): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/offset+octet-stream', (_, body, done) => done(null, body));
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body));
    scope.setErrorHandler(async (error, _, reply) => sendError(reply, error, services));
    addUploads(scope, services, door);
    if (door.prefix === CONTENT) addArchives(scope, services);
    addOperations(scope, services, door);
  });
}

/** Answers with what went wrong. */
export async function sendError(reply: FastifyReply, error: unknown, { log }: HostServices): Promise<FastifyReply> {
  if ((error as { statusCode?: number }).statusCode === 415)
    return reply.code(415).send({ message: 'The content type is none that is taken here.' });
  const told = toTrpcError(error);
  const detail = errorDetail(told);
  if (detail.code === 'INTERNAL') log.error('Content could not be carried.', { error });
  const status = {
    INVALID: 400,
    DENIED: 403,
    NOT_FOUND: 404,
    CONFLICT: 409,
    UNSUPPORTED: 501,
    UNAVAILABLE: 503,
    FENCED: 503,
    TIMEOUT: 504,
    QUOTA: 429,
  };
  const code = detail.code === 'UNAUTHORIZED' ? 401 : (status[detail.code as keyof typeof status] ?? 500);
  const finer = detail.field === 'range' ? 416 : detail.reason === 'DISK_FULL' ? 507 : code;
  return reply
    .code(finer)
    .headers(TUS)
    .send({ message: told.message, ...detail });
}

function addUploads(scope: FastifyInstance, services: HostServices, door: ContentDoor): void {
  const { uploads } = services;
  scope.addHook('onRequest', async (_, reply) => void reply.headers({ ...TUS, 'cache-control': 'no-store' }));
  const url = `${door.prefix}uploads/:id`;
  scope.post(url, async (request, reply) => {
    const { id: person } = await door.standingOf(request, 'upload');
    await uploads.begin({ id: idOf(request), person, length: number(request, 'upload-length') });
    return reply.code(201).header('location', request.url.split('?')[0]!).send();
  });
  scope.head(url, async (request, reply) => {
    const { id: person } = await door.standingOf(request, 'upload');
    const { offset, length } = await uploads.offset(idOf(request), person);
    return reply.headers({ 'upload-offset': String(offset), 'upload-length': String(length) }).send();
  });
  scope.patch(url, async (request, reply) => {
    const { id: person } = await door.standingOf(request, 'upload');
    const piece = request.body as AsyncIterable<Uint8Array>;
    const offset = await uploads.append(idOf(request), person, { at: number(request, 'upload-offset'), piece });
    return reply.code(204).header('upload-offset', String(offset)).send();
  });
  scope.delete(url, async (request, reply) => {
    const { id: person } = await door.standingOf(request, 'upload');
    await uploads.remove(idOf(request), person);
    return reply.code(204).send();
  });
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id;
}

/** By name; of another capability than documents, which only who is signed in reaches, with that before it. */
function called({ params }: FastifyRequest): string {
  const { capability, operation } = params as { capability: string; operation: string };
  return capability === 'documents' ? operation : `${capability}.${operation}`;
}

function number({ headers }: FastifyRequest, name: string): number {
  const given = headers[name];
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new CapabilityError('INVALID', `${name}: a number of bytes is due.`, { field: name });
}

interface Found {
  readonly capability: CapabilityDefinition;
  readonly name: string;
  readonly operation: OperationDefinition;
}

function addOperations(scope: FastifyInstance, services: HostServices, door: ContentDoor): void {
  const found = (request: FastifyRequest, content: 'in' | 'out'): Found => {
    const { capability: id, operation: name } = request.params as { capability: string; operation: string };
    const capability = services.kernel.capabilities.get(id);
    const operation =
      capability && Object.hasOwn(capability.operations, name) ? capability.operations[name] : undefined;
    if (capability && operation?.content === content) return { capability, name, operation };
    throw new CapabilityError('NOT_FOUND', 'Nothing is here.');
  };
  const url = `${door.prefix}:capability/:operation`;
  scope.get(url, async (request, reply) => {
    const standing = await door.standingOf(request, called(request));
    return sendContent(request, reply, { ...found(request, 'out'), services, standing });
  });
  scope.post(url, async (request, reply) => {
    const standing = await door.standingOf(request, called(request));
    const given = jsonBody(request);
    const content = await services.uploads.content(given.upload, standing.id);
    const { name } = given.input;
    await screened(services, given.upload, {
      content,
      person: standing.id,
      name: typeof name === 'string' ? name : undefined,
    });
    const asked = { ...found(request, 'in'), services, standing, content, timeout: TAKING_IN };
    const answer = await callOperation({ ...asked, input: await typed(given.input, content) });
    await services.uploads.finish(given.upload);
    return reply.send(answer);
  });
}

/** What is refused is not kept; what could not be scanned is, so that it need not be sent again. */
async function screened({ screening, uploads }: HostServices, upload: string, incoming: Incoming): Promise<void> {
  try {
    await screening.pass(incoming);
  } catch (error) {
    if ((error as CapabilityError).reason === 'MALWARE') await uploads.remove(upload, incoming.person);
    throw error;
  }
}

function jsonBody(request: FastifyRequest): { readonly upload: string; readonly input: Record<string, unknown> } {
  const { upload, input } = jsonIn(request);
  if (typeof upload !== 'string') throw new CapabilityError('INVALID', 'upload: is missing.', { field: 'upload' });
  if (typeof input !== 'object' || input === null)
    throw new CapabilityError('INVALID', 'input: is missing.', { field: 'input' });
  return { upload, input: input as Record<string, unknown> };
}

/** What the bytes are is found out here, whatever the one who sent them says. */
async function typed(
  input: Record<string, unknown>,
  content: Content & { readonly path: string },
): Promise<Record<string, unknown>> {
  const name = typeof input['name'] === 'string' ? input['name'] : '';
  return { ...input, mediaType: await mediaTypeOf(content.path, name) };
}

interface Asked extends Found {
  readonly services: HostServices;
  readonly standing: Standing;
}

/** @see RFC 9110, section 14, for ranges; several at once are answered with all of it, as is allowed. */
async function sendContent(request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<FastifyReply> {
  const { input: text = '{}', download } = request.query as { input?: string; download?: string };
  const range = rangeOf(request.headers.range);
  const input = { ...parsed(text, 'input'), ...(range ? { range } : {}) };
  const answer = await callOperation({ ...asked, input });
  if (!hasBytes(answer)) throw new CapabilityError('INTERNAL', 'The answer has no content.');
  const { size, mediaType, name, sha256 } = answer as unknown as {
    size: number;
    mediaType: string;
    name: string;
    sha256?: string;
  };
  if (sha256 && !range && request.headers['if-none-match'] === `"${sha256}"`) {
    await discard(answer.content);
    return reply
      .code(304)
      .headers({ etag: `"${sha256}"`, 'cache-control': 'private, no-cache' })
      .send();
  }
  const end = Math.min(range?.end ?? size, size);
  reply.headers({
    ...contentHeaders({ name, mediaType, shown: download === undefined }),
    'content-length': String(end - (range?.start ?? 0)),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    ...(sha256 ? { etag: `"${sha256}"` } : {}),
  });
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${end - 1}/${size}`);
  return sendBytes(request, reply, answer.content);
}

function rangeOf(header: string | undefined): { readonly start: number; readonly end?: number } | undefined {
  const [, start, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (start === undefined) return undefined;
  return { start: Number(start), ...(last ? { end: Number(last) + 1 } : {}) };
}
