import { createTRPCClient, httpLink } from '@trpc/client';
import { existsSync, readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { HOST_FILE } from '../config/host-file.ts';
import type { AppRouter } from '../router/app-router.ts';

/** What went wrong on the command line; shown without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

/** A client of the host that runs with a data folder, with the rights of whoever can read that folder. */
export type CliClient = ReturnType<typeof createTRPCClient<AppRouter>>;

/** @throws CliError where no host runs. */
export function connectToHost(directory: string): CliClient {
  const file = join(directory, HOST_FILE);
  if (!existsSync(file)) throw notRunning(directory);
  const { url, token } = JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string };
  const call = (input: unknown, init?: { method?: string; headers?: unknown; body?: unknown }) =>
    loopback(String(input), init ?? {}).catch((error: { code?: string }) => {
      throw error.code === 'ECONNREFUSED' ? notRunning(directory) : error;
    });
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${url}/trpc`,
        fetch: call as never,
        headers: { authorization: `Bearer ${token}` },
        methodOverride: 'POST',
      }),
    ],
  });
}

function notRunning(directory: string): CliError {
  return new CliError(`No host runs with ${directory}. Start it with "npm start", or name its folder with --data.`);
}

/**
 * `fetch` for the host on this machine: its certificate is for the name that people type, not for the loopback address,
 * so it is not checked. What is sent goes no further than this machine.
 */
function loopback(
  url: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: unknown; body?: unknown },
): Promise<Response> {
  const make = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = make(
      url,
      { method, headers: headers as Record<string, string>, rejectUnauthorized: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500 })));
      },
    );
    request.on('error', reject);
    request.end(typeof body === 'string' ? body : undefined);
  });
}
