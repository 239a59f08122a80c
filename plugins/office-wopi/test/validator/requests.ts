import { toUtf7 } from '../../src/server/wopi/utf7.ts';
import type { Asked } from '../harness/wopi-client.ts';
import { childrenOf, type Xml } from './xml.ts';

/** What a case works with. */
export interface CaseContext {
  /** Address of the file, with its token. */
  readonly url: string;
  readonly state: Map<string, string>;
  readonly resource: (id: string) => Uint8Array;
}

/** A request, ready to be sent. */
export interface Ready extends Asked {
  readonly url: string;
}

type Build = (request: Xml, context: CaseContext) => { readonly path?: string } & Asked;

const post = (override: string, headers: Readonly<Record<string, string | undefined>> = {}): Asked => ({
  method: 'POST',
  headers: Object.fromEntries(
    Object.entries({ 'x-wopi-override': override, ...headers }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>,
});

const BUILDERS: Readonly<Record<string, Build>> = {
  CheckFileInfo: () => ({}),
  GetFile: () => ({ path: '/contents' }),
  EnumerateAncestors: () => ({ path: '/ancestry' }),
  CheckContainerInfo: () => ({}),
  Lock: ({ attributes }) => post('LOCK', { 'x-wopi-lock': attributes['Lock'] }),
  Unlock: ({ attributes }) => post('UNLOCK', { 'x-wopi-lock': attributes['Lock'] }),
  RefreshLock: ({ attributes }) => post('REFRESH_LOCK', { 'x-wopi-lock': attributes['Lock'] }),
  GetLock: () => post('GET_LOCK'),
  UnlockAndRelock: ({ attributes }) =>
    post('LOCK', { 'x-wopi-lock': attributes['NewLock'], 'x-wopi-oldlock': attributes['OldLock'] }),
  PutFile: ({ attributes }, { resource }) => ({
    ...post('PUT', { 'x-wopi-lock': attributes['Lock'] }),
    path: '/contents',
    body: resource(attributes['ResourceId']!),
  }),
  PutRelativeFile: putRelative,
  RenameFile: ({ attributes }) =>
    post('RENAME_FILE', { 'x-wopi-requestedname': toUtf7(attributes['Name']!), 'x-wopi-lock': attributes['Lock'] }),
  DeleteFile: () => post('DELETE'),
  PutUserInfo: (request) => ({ ...post('PUT_USER_INFO'), body: childrenOf(request, 'RequestBody')[0]!.text }),
};

function putRelative({ attributes }: Xml, { resource }: CaseContext): Asked {
  const name = toUtf7(attributes['Name']!);
  const { PutRelativeFileMode: mode, OverwriteRelative: overwrite } = attributes;
  const body = resource(attributes['ResourceId']!);
  return {
    ...post('PUT_RELATIVE', {
      'x-wopi-size': String(body.length),
      ...(mode === 'ExactName' ? {} : { 'x-wopi-suggestedtarget': name }),
      ...(mode === 'Suggested' ? {} : { 'x-wopi-relativetarget': name }),
      'x-wopi-overwriterelativetarget': overwrite,
    }),
    body,
  };
}

/** Makes a request of its description; `undefined` where it is about a file that was never made. */
export function requestOf(request: Xml, context: CaseContext): Ready | undefined {
  const build = BUILDERS[request.name];
  if (!build) throw new Error(`There is no request ${request.name}.`);
  const named = request.attributes['OverrideUrl']?.replace('$State:', '');
  const url = named === undefined ? context.url : context.state.get(named);
  if (url === undefined || (request.name === 'DeleteFile' && named === undefined)) return undefined;
  const { path = '', ...asked } = build(request, context);
  return { ...asked, ...mutated(request, withPath(url, path)) };
}

function withPath(url: string, path: string): string {
  return url.replace('?', `${path}?`);
}

/** What a case does to a request to see it refused. */
function mutated(request: Xml, url: string): Omit<Ready, 'method' | 'headers' | 'body'> {
  const [mutators] = childrenOf(request, 'Mutators');
  const [token] = childrenOf(mutators, 'AccessToken');
  const [key] = childrenOf(mutators, 'ProofKey');
  const invalid = Buffer.from('INVALID').toString('base64');
  const { MutateCurrent, MutateOld, KeyRelation, Timestamp } = key?.attributes ?? {};
  return {
    url: token ? url.replace(/access_token=[^&]*/, `access_token=${token.attributes['Mutation']!}`) : url,
    ...(MutateCurrent === 'true' ? { proof: invalid } : {}),
    ...(MutateOld === 'true' ? { proofOld: invalid } : {}),
    ...(KeyRelation ? { relation: KeyRelation.toLowerCase() as 'ahead' | 'behind' } : {}),
    ...(Timestamp ? { at: Date.parse(Timestamp) } : {}),
  };
}
