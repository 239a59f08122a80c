import {
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorShape,
  type TRPC_ERROR_CODE_KEY,
  TRPCError,
} from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { toTrpcError } from '../router/errors.ts';
import { isJsonType } from './gate.ts';
import { maybeUnstorable, requireStorable } from './storable.ts';

/** Calls in one request at most. */
const MOST_TOGETHER = 20;

/** A request as tRPC's HTTP protocol has it. */
export interface TrpcRequest {
  readonly method: string;
  /** Path after the endpoint, e.g. `chat.history` or, in a batch, several of them by commas. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** An answer, always JSON. */
export interface TrpcResponse {
  readonly status: number;
  readonly body: string;
}

/**
 * Answers tRPC's HTTP protocol: single calls and batches, as GET or, for any procedure, POST with JSON. It does what
 * the library's adapters do for these and nothing else (no forms, no streams, no octets), at a fraction of their cost.
 * @see https://trpc.io/docs/rpc
 */
export async function answerTrpc(router: AnyTRPCRouter, request: TrpcRequest, ctx: object): Promise<TrpcResponse> {
  if (request.method === 'HEAD') return { status: 204, body: '' };
  const batch = request.query.get('batch') === '1';
  const paths = batch ? request.path.split(',') : [request.path];
  let inputs: readonly unknown[];
  const text = request.method === 'GET' ? (request.query.get('input') ?? '') : request.body;
  try {
    inputs = readInputs(request, text, paths, batch);
  } catch (error) {
    // One answer, not a list of them: that is how a client knows that it is for every call of a batch.
    const { status, answer } = failure(router, error, paths[0]!, ctx);
    return { status, body: JSON.stringify(answer) };
  }
  const suspect = maybeUnstorable(text);
  const results = await Promise.all(
    paths.map((path, i) => callOne(router, request, { path, input: inputs[i], ctx, batchIndex: i, suspect })),
  );
  const [first] = results as [Result];
  if (!batch) return { status: first.status, body: JSON.stringify(first.answer) };
  const status = results.every((result) => result.status === first.status) ? first.status : 207;
  return { status, body: JSON.stringify(results.map(({ answer }) => answer)) };
}

interface Result {
  readonly status: number;
  readonly answer: object;
}

function readInputs(
  { method, contentType }: TrpcRequest,
  text: string,
  paths: readonly string[],
  batch: boolean,
): readonly unknown[] {
  if (paths.length > MOST_TOGETHER)
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: `A batch holds at most ${MOST_TOGETHER} calls; this one has ${paths.length}.`,
    });
  if (method !== 'GET' && method !== 'POST')
    throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: `${method} is not supported; use GET or POST.` });
  if (method === 'POST' && !isJsonType(contentType))
    throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Only application/json is accepted.' });
  const parsed = text === '' ? undefined : parseJson(text);
  if (!batch) return [parsed];
  if (parsed !== undefined && (typeof parsed !== 'object' || parsed === null))
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: 'The input of a batch is an object with an entry for each call.',
    });
  return paths.map((_, i) => (parsed as Record<string, unknown> | undefined)?.[i]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TRPCError({ code: 'PARSE_ERROR', message: 'The input is not JSON.', cause });
  }
}

interface OneCall {
  readonly path: string;
  readonly input: unknown;
  readonly ctx: object;
  readonly batchIndex: number;
  /** Whether the input may hold text that no store can hold. */
  readonly suspect: boolean;
}

async function callOne(
  router: AnyTRPCRouter,
  { method, signal }: TrpcRequest,
  { path, input, ctx, batchIndex, suspect }: OneCall,
): Promise<Result> {
  try {
    const procedure = (router._def.procedures as Record<string, { _def: { type: string } } | undefined>)[path];
    const type = procedure?._def.type;
    if (type === 'subscription')
      throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: 'Subscriptions are served over WebSocket.' });
    if (type === 'mutation' && method !== 'POST')
      throw new TRPCError({ code: 'METHOD_NOT_SUPPORTED', message: 'Something is changed by this: use POST.' });
    if (suspect) requireStorable(input);
    const data = await callTRPCProcedure({
      router,
      path,
      getRawInput: async () => input,
      ctx,
      type: (type ?? 'query') as 'query' | 'mutation',
      signal,
      batchIndex,
    });
    return { status: 200, answer: { result: { data } } };
  } catch (error) {
    return failure(router, error, path, ctx);
  }
}

function failure(router: AnyTRPCRouter, thrown: unknown, path: string, ctx: object): Result {
  const error = toTrpcError(thrown);
  const shape = getTRPCErrorShape({ config: router._def._config, error, type: 'unknown', path, input: undefined, ctx });
  return { status: getHTTPStatusCodeFromError(error), answer: { error: shape } };
}

/** An error before any procedure was reached, in the same shape. */
export function trpcFailure(router: AnyTRPCRouter, code: TRPC_ERROR_CODE_KEY, message: string): TrpcResponse {
  const { status, answer } = failure(router, new TRPCError({ code, message }), '', {});
  return { status, body: JSON.stringify(answer) };
}
