import {
  type CapabilityDefinition,
  CapabilityError,
  type Content,
  hasBytes,
  type OperationDefinition,
} from '@valfri/core';
import { TRPCError } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mediaTypeOf } from '../content/media-type.ts';
import type { Incoming } from '../content/screening.ts';
import type { Standing } from '../people/people.ts';
import { callOperation } from '../router/call-operation.ts';
import { errorDetail, toTrpcError } from '../router/errors.ts';
import type { HostServices } from '../services.ts';
import { fromOurPages, isJsonType } from './gate.ts';
import { sendBytes } from './send-bytes.ts';
import { provenance } from './web.ts';

/** Where content goes in and out. */
export const CONTENT = '/content/';

/** @see https://tus.io/protocols/resumable-upload */
const TUS = { 'tus-resumable': '1.0.0' };

/** How long a provider may take with content that it is handed, in milliseconds. */
const TAKING_IN = 10 * 60_000;

/** Opened by its address, content is nobody's page: it runs nothing, fetches nothing, and has no origin. */
const POLICY = `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:; frame-ancestors 'self'`;

/** What browsers show as it is, without ever running any of it. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/plain|application\/pdf)$/;

/** Serves uploads, after tus 1.0, and the operations that carry content. */
export function addContent(app: FastifyInstance, services: HostServices): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/offset+octet-stream', (_, body, done) => done(null, body));
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => done(null, body));
    scope.setErrorHandler(async (error, _, reply) => sendError(reply, error, services));
    addUploads(scope, services);
    addOperations(scope, services);
  });
}

async function sendError(reply: FastifyReply, error: unknown, { log }: HostServices): Promise<FastifyReply> {
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

/** Who asks. @throws DENIED where no page of ours does. */
async function standingOf(request: FastifyRequest, { sessions, publicUrl }: HostServices): Promise<Standing> {
  const { secFetchSite, origin } = provenance(request);
  const opened = request.method === 'GET' && secFetchSite === 'none';
  if (!opened && !fromOurPages({ secFetchSite, origin }, publicUrl))
    throw new CapabilityError('DENIED', 'This request does not come from a page of this workspace.');
  const standing = await sessions.standingOf(request.headers.cookie);
  if (!standing) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in.' });
  return standing;
}

function addUploads(scope: FastifyInstance, services: HostServices): void {
  const { uploads } = services;
  scope.addHook('onRequest', async (_, reply) => void reply.headers({ ...TUS, 'cache-control': 'no-store' }));
  const url = `${CONTENT}uploads/:id`;
  scope.post(url, async (request, reply) => {
    const { id: person } = await standingOf(request, services);
    await uploads.begin({ id: idOf(request), person, length: number(request, 'upload-length') });
    return reply
      .code(201)
      .header('location', `${CONTENT}uploads/${idOf(request)}`)
      .send();
  });
  scope.head(url, async (request, reply) => {
    const { id: person } = await standingOf(request, services);
    const { offset, length } = await uploads.offset(idOf(request), person);
    return reply.headers({ 'upload-offset': String(offset), 'upload-length': String(length) }).send();
  });
  scope.patch(url, async (request, reply) => {
    const { id: person } = await standingOf(request, services);
    const piece = request.body as AsyncIterable<Uint8Array>;
    const offset = await uploads.append(idOf(request), person, { at: number(request, 'upload-offset'), piece });
    return reply.code(204).header('upload-offset', String(offset)).send();
  });
  scope.delete(url, async (request, reply) => {
    const { id: person } = await standingOf(request, services);
    await uploads.remove(idOf(request), person);
    return reply.code(204).send();
  });
}

function idOf({ params }: FastifyRequest): string {
  return (params as { id: string }).id;
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

function addOperations(scope: FastifyInstance, services: HostServices): void {
  const found = (request: FastifyRequest, content: 'in' | 'out'): Found => {
    const { capability: id, operation: name } = request.params as { capability: string; operation: string };
    const capability = services.kernel.capabilities.get(id);
    const operation =
      capability && Object.hasOwn(capability.operations, name) ? capability.operations[name] : undefined;
    if (capability && operation?.content === content) return { capability, name, operation };
    throw new CapabilityError('NOT_FOUND', 'Nothing is here.');
  };
  const url = `${CONTENT}:capability/:operation`;
  scope.get(url, async (request, reply) => {
    const standing = await standingOf(request, services);
    return sendContent(request, reply, { ...found(request, 'out'), services, standing });
  });
  scope.post(url, async (request, reply) => {
    const standing = await standingOf(request, services);
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
  if (!isJsonType(request.headers['content-type'])) throw new CapabilityError('INVALID', 'JSON is due.');
  const { upload, input } = parsed(String(request.body ?? ''), 'The body');
  if (typeof upload !== 'string') throw new CapabilityError('INVALID', 'upload: is missing.', { field: 'upload' });
  if (typeof input !== 'object' || input === null)
    throw new CapabilityError('INVALID', 'input: is missing.', { field: 'input' });
  return { upload, input: input as Record<string, unknown> };
}

function parsed(text: string, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // It is told below.
  }
  throw new CapabilityError('INVALID', `${what} is no JSON object.`);
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
  const end = Math.min(range?.end ?? size, size);
  const shown = download === undefined && SHOWN.test(mediaType);
  reply.headers({
    'content-security-policy': POLICY,
    'content-type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
    'content-disposition': `${shown ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name)}`,
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
