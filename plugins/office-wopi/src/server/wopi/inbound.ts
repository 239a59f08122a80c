import { isCapabilityError } from '@valfri/sdk';
import type { Discovery } from '../discovery/discovery.ts';
import type { Settings } from '../settings.ts';
import { answer, refusal } from './answers.ts';
import type { WopiCall, WopiParts } from './call.ts';
import { checkFileInfo } from './check-file-info.ts';
import { getFile, putFile } from './contents.ts';
import { getLock, lock, refreshLock, unlock } from './locks.ts';
import { deleteFile, putRelativeFile, renameFile } from './names.ts';
import { isProven, isTimely } from './proof.ts';
import { putUserInfo } from './user-info.ts';

/** What the inbound routes work with. */
export interface InboundOptions extends WopiParts {
  readonly proof: Settings['proof'];
  readonly discovery: Discovery;
}

type Operation = (call: WopiCall) => Promise<Response>;

const ROUTE = /^\/wopi\/files\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\/[a-z_/]+)?$/;
const TOKEN = /^[\w-]{43}$/;

/** Operations on a file, by the header `X-WOPI-Override`. */
const OVERRIDES: Readonly<Record<string, Operation>> = {
  LOCK: lock,
  UNLOCK: unlock,
  REFRESH_LOCK: refreshLock,
  GET_LOCK: getLock,
  PUT_RELATIVE: putRelativeFile,
  RENAME_FILE: renameFile,
  DELETE: deleteFile,
  PUT_USER_INFO: putUserInfo,
};

/**
 * Answers the WOPI client: only for the file of the token that it shows, and only where it has signed the request.
 * @see https://learn.microsoft.com/microsoft-365/cloud-storage-partner-program/rest/endpoints
 */
export function createInbound(options: InboundOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const [, id, rest] = ROUTE.exec(pathname) ?? [];
    if (id === undefined) return answer(404);
    const token = tokenOf(request);
    if (token === undefined) return answer(401);
    try {
      const file = await options.tokens.open(token, id);
      if (!file) return answer(401);
      if (!(await isFromClient(request, token, options))) return answer(500);
      const operation = operationFor(request, rest);
      return operation ? await operation({ ...options, request, file }) : answer(501);
    } catch (error) {
      if (!isCapabilityError(error))
        options.log.error('A request of the WOPI client failed.', { error: String(error) });
      return isCapabilityError(error) ? refusal(error) : answer(500);
    }
  };
}

function operationFor({ method, headers }: Request, rest: string | undefined): Operation | undefined {
  const override = headers.get('x-wopi-override');
  if (rest === undefined && method === 'GET') return checkFileInfo;
  if (rest === '/contents' && method === 'GET') return getFile;
  if (rest === '/contents' && method === 'POST' && override === 'PUT') return putFile;
  if (rest === undefined && method === 'POST' && Object.hasOwn(OVERRIDES, override ?? '')) return OVERRIDES[override!];
  return undefined;
}

/** The token of a request, where it shows one, and no two different ones. */
function tokenOf({ url, headers }: Request): string | undefined {
  const shown = new URL(url).searchParams.getAll('access_token');
  const bearer = headers.get('authorization')?.match(/^Bearer (.+)$/i)?.[1];
  const [token, ...others] = new Set([...shown, ...(bearer === undefined ? [] : [bearer])]);
  return token !== undefined && others.length === 0 && TOKEN.test(token) ? token : undefined;
}

/** Whether the client’s signature is on a request; where it publishes no key, nothing is to be looked for. */
async function isFromClient(request: Request, token: string, options: InboundOptions): Promise<boolean> {
  if (options.proof === 'off') return true;
  const { discovery } = options;
  const found = await discovery.current();
  if (!found) return false;
  if (found.keys.length === 0) return true;
  const { headers } = request;
  const given = {
    token,
    url: signedUrl(request, options),
    timestamp: headers.get('x-wopi-timestamp') ?? '',
    proof: headers.get('x-wopi-proof') ?? '',
    proofOld: headers.get('x-wopi-proofold') ?? '',
  };
  if (!isTimely(given.timestamp, Date.now())) return false;
  if (isProven(given, found.keys)) return true;
  // The client may have changed both of its keys since.
  if (!(await discovery.refresh())) return false;
  return isProven(given, (await discovery.current())!.keys);
}

/** The URL as the client wrote it: of the address that it was given, whatever a proxy made of it. */
function signedUrl({ url }: Request, { wopiSrc }: WopiParts): string {
  const path = url.slice(url.indexOf('/', url.indexOf('//') + 2));
  return wopiSrc('').replace(/\/wopi\/files\/$/, '') + path;
}
