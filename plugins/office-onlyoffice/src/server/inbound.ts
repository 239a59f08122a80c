import { isCapabilityError } from '@valfri/sdk';
import { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { type CallbackOptions, takeCallback } from './callback.ts';

const ROUTE = /^\/(download|callback)\/([\w-]{43})$/;
const CODES: Readonly<Record<string, number>> = { NOT_FOUND: 404, DENIED: 403, INVALID: 400 };

/** Answers the document server: it reads files that are open, and tells what became of them. */
export function createInbound(options: CallbackOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const [, route, token] = ROUTE.exec(new URL(request.url).pathname) ?? [];
    try {
      if (route === 'download' && request.method === 'GET') return await download(options, token!);
      if (route === 'callback' && request.method === 'POST') return told(await takeCallback(options, token!, request));
      return answer(404, { error: 1 });
    } catch (error) {
      if (error instanceof z.ZodError) return answer(400, { error: 1 });
      if (!isCapabilityError(error)) throw error;
      return answer(CODES[error.code] ?? 503, { error: 1 });
    }
  };
}

/** The document server asks again for what was not taken. */
function told(taken: boolean): Response {
  return answer(taken ? 200 : 503, { error: taken ? 0 : 1 });
}

function answer(status: number, body: object): Response {
  return Response.json(body, { status });
}

async function download({ sessions, openFiles }: CallbackOptions, token: string): Promise<Response> {
  const { session } = await sessions.readable(token);
  const file = await openFiles.bySession(session);
  const { size, content } = await file.read();
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
  return new Response(ReadableStream.from(content) as never, { headers });
}
