import { isCapabilityError, newId } from '@valfri/core';
import type { FastifyReply } from 'fastify';
import { bodyOf, type DavContext, permit } from './context.ts';
import { DavFault } from './dav-fault.ts';
import { type Resource, SHARED } from './tree.ts';

/** MKCOL. At the top of what is shared it makes a shared folder, whose owner the person is. */
export async function mkcol(context: DavContext): Promise<FastifyReply> {
  const { reply, files, tree, path } = context;
  for await (const bytes of bodyOf(context) ?? [])
    if (bytes.length > 0) throw new DavFault(415, 'A folder is made without a body.');
  const resource = await tree.at(path);
  if (resource.place !== 'free') throw alreadyThere();
  if (path.length < 2) throw new DavFault(403, 'Nothing can be made here.');
  if (resource.parent === undefined) throw new DavFault(409, 'The folder above is not there.');
  const { tokens } = await permit(context, [resource]);
  const parent = resource.parent === SHARED ? {} : { parent: resource.parent };
  try {
    await files.ask('createFolder', { id: newId(), name: path.at(-1)!, ...parent, ...tokens });
  } catch (error) {
    throw isCapabilityError(error) && error.reason === 'NAME_TAKEN' ? alreadyThere() : error;
  }
  return reply.code(201).send();
}

function alreadyThere(): DavFault {
  return new DavFault(405, 'Something is here already.');
}

/** DELETE: to the trash where there is one. */
export async function remove(context: DavContext): Promise<FastifyReply> {
  const { request, reply, files, tree, path } = context;
  const resource = await tree.existing(path);
  const depth = request.headers['depth'];
  if (resource.node?.kind === 'folder' && depth !== undefined && depth !== 'infinity')
    throw new DavFault(400, 'Depth: a folder goes with all that is in it.');
  const node = requireMovable(context, resource);
  const { bound, tokens } = await permit(context, [resource]);
  const ifVersion = bound && node.version ? { ifVersion: node.version.id } : {};
  await files.ask('delete', { node: node.id, ...ifVersion, ...tokens });
  if (!files.has('trash')) await context.properties.forget(node.id);
  return reply.code(204).send();
}

/**
 * What can be moved and deleted. What others shared is not: whoever clears up their own disk must not clear up another's.
 * @throws DavFault 403
 */
export function requireMovable({ files }: DavContext, { node, parent }: Resource): NonNullable<Resource['node']> {
  if (!node || parent === undefined) throw new DavFault(403, 'This folder stays where it is.');
  if (parent === SHARED && node.owner !== files.standing.id)
    throw new DavFault(403, 'This is somebody else’s. Only what is in it can be changed.');
  return node;
}
