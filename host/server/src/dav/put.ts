import { type Content, isCapabilityError, newId } from '@valfri/core';
import type { DocumentNode } from '@valfri/sdk';
import type { FastifyReply } from 'fastify';
import { mediaTypeOf } from '../content/media-type.ts';
import { bodyOf, type DavContext, type Permit, permit } from './context.ts';
import { DavFault } from './dav-fault.ts';
import { etagOf } from './preconditions.ts';
import { type Resource, SHARED } from './tree.ts';

/** How often what is to be written is looked at again, because it was made or deleted meanwhile. */
const TRIES = 3;

/** PUT: what comes is complete before it becomes a file, or a version of one. */
export async function put(context: DavContext): Promise<FastifyReply> {
  const { request, reply, services, files, path } = context;
  if (request.headers['content-range'] !== undefined) throw new DavFault(400, 'A part of a file is not taken.');
  // Looked at before anything has come: who may not write need not send it all.
  await permit(context, [await writable(context)]);
  const id = newId();
  const content = await services.uploads.receive(
    { id, person: files.standing.id, length: lengthOf(request.headers) },
    bodyOf(context),
  );
  try {
    const name = path.at(-1)!;
    await services.screening.pass({ content, name, person: files.standing.id });
    const mediaType = await mediaTypeOf(content.path, name);
    const { node, made } = await written(context, content, mediaType);
    return reply
      .code(made ? 201 : 204)
      .header('etag', etagOf(node))
      .send();
  } finally {
    await services.uploads.discard(id);
  }
}

/** A length that is said beforehand; where the body comes in pieces, some say it all the same. */
function lengthOf(headers: DavContext['request']['headers']): number | undefined {
  const given = headers['content-length'] ?? headers['x-expected-entity-length'];
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : undefined;
}

/** What is where a file is to be written. @throws DavFault 403, 405, 409 */
export async function writable({ tree, path }: DavContext): Promise<Resource> {
  const resource = await tree.at(path);
  if (resource.place === 'root' || resource.place === 'shared' || resource.node?.kind === 'folder')
    throw new DavFault(405, 'A folder is here.', { headers: { allow: 'OPTIONS, PROPFIND, PROPPATCH, DELETE, MOVE' } });
  if (resource.place === 'node') return resource;
  if (resource.parent === SHARED) throw new DavFault(403, 'Here are only folders. Put the file into one of them.');
  if (path.length < 2) throw new DavFault(403, 'Nothing can be made here.');
  if (resource.parent === undefined) throw new DavFault(409, 'The folder above is not there.');
  return resource;
}

/** Makes a file of content, or a version of one. What others do meanwhile is met as if it had been there before. */
export async function written(
  context: DavContext,
  content: Content,
  mediaType: string,
): Promise<{ readonly node: DocumentNode; readonly made: boolean }> {
  const version = newId();
  for (let tries = 1; ; tries++) {
    const resource = await writable(context);
    const permitted = await permit(context, [resource]);
    try {
      const node = await writeOnce(context, resource, permitted, { content, mediaType, version });
      return { node, made: resource.place === 'free' };
    } catch (error) {
      if (tries === TRIES || !isOvertaken(error)) throw error;
      context.tree.forget();
    }
  }
}

interface ToWrite {
  readonly content: Content;
  readonly mediaType: string;
  readonly version: string;
}

async function writeOnce(
  { files, path }: DavContext,
  { node, parent }: Resource,
  { bound, tokens }: Permit,
  { content, mediaType, version }: ToWrite,
): Promise<DocumentNode> {
  if (!node) {
    const input = { id: newId(), parent: parent!, name: path.at(-1)!, version, mediaType, ...tokens };
    return (await files.ask('createFile', input, content)).node;
  }
  const ifVersion = bound ? { ifVersion: node.version!.id } : {};
  return (await files.ask('saveFile', { file: node.id, version, mediaType, ...ifVersion, ...tokens }, content)).node;
}

/** Whether somebody made it, or deleted it, since it was looked at. */
function isOvertaken(error: unknown): boolean {
  return isCapabilityError(error) && (error.reason === 'NAME_TAKEN' || error.code === 'NOT_FOUND');
}
