import { type Content, newId } from '@valfri/core';
import type { DocumentNode } from '@valfri/sdk';
import type { FastifyReply } from 'fastify';
import { requireMovable } from './collections.ts';
import { type DavContext, destination, type Permit, permit } from './context.ts';
import { copyProperties } from './copy-properties.ts';
import { DavFault } from './dav-fault.ts';
import type { DavPath } from './dav-path.ts';
import { type Resource, SHARED } from './tree.ts';

/** What goes where. */
interface Transfer {
  readonly context: DavContext;
  readonly moving: boolean;
  readonly source: Resource;
  readonly node: DocumentNode;
  readonly target: Resource;
  readonly permitted: Permit;
}

/** COPY and MOVE. */
export async function copyOrMove(context: DavContext, moving: boolean): Promise<FastifyReply> {
  const { request, reply, tree, path } = context;
  const to = destination(context);
  const source = await tree.existing(path);
  const node = moving ? requireMovable(context, source) : source.node;
  if (!node) throw new DavFault(403, 'This folder cannot be copied.');
  const target = await tree.at(to);
  requireApart(source, target);
  requirePlace(context, { moving, source, node, target });
  if (target.node && request.headers['overwrite']?.toString().toUpperCase() === 'F')
    throw new DavFault(412, 'Something is there already.');
  const permitted = await permit(context, [source, target]);
  const transfer = { context, moving, source, node, target, permitted };
  if (target.node?.kind === 'file' && node.kind === 'file') await overwrite(transfer, target.node);
  else if (target.node) await replace(transfer, target.node);
  else await place(transfer);
  return reply.code(target.node ? 204 : 201).send();
}

/** @throws DavFault 403 where one is the other, or in it */
function requireApart(source: Resource, target: Resource): void {
  const same = source.node !== undefined && source.node.id === target.node?.id;
  if (same || isWithin(target.path, source.path) || isWithin(source.path, target.path))
    throw new DavFault(403, 'It is the same, or one is in the other.');
}

function isWithin(inner: DavPath, outer: DavPath): boolean {
  return inner.length >= outer.length && outer.every((name, i) => inner[i] === name);
}

/** @throws DavFault 403, 409 where nothing can be put there */
function requirePlace(
  context: DavContext,
  { moving, source, node, target }: Omit<Transfer, 'context' | 'permitted'>,
): void {
  if (target.parent === undefined) {
    const missing = target.place === 'free' && target.path.length > 1;
    throw missing
      ? new DavFault(409, 'The folder above is not there.')
      : new DavFault(403, 'Nothing can be put there.');
  }
  if (target.node?.kind === 'file' && node.kind === 'file') return;
  if (target.node) requireMovable(context, target);
  if (target.parent === SHARED && !(moving && source.parent === SHARED))
    throw new DavFault(403, 'Make a shared folder there, and put it into that.');
}

/** A file over another: that becomes its next version, and stays what it is. */
async function overwrite({ context, moving, node, target, permitted }: Transfer, over: DocumentNode): Promise<void> {
  const { files, properties } = context;
  const { tokens } = permitted;
  const { mediaType, modifiedAt } = node.version!;
  await files.ask(
    'saveFile',
    { file: over.id, version: newId(), mediaType, modifiedAt, ...tokens },
    contentOf(context, node),
  );
  await properties.copy(node.id, target.node!.id, files.standing.id);
  if (moving) await files.ask('delete', { node: node.id, ifVersion: node.version!.id, ...tokens });
}

/** What a file holds, as content for another: who has it already need not read it. */
function contentOf({ files }: DavContext, { id, version }: DocumentNode): Content {
  const { size, sha256 } = version!;
  return {
    ...{ size, sha256 },
    async *read(range) {
      const wanted = range && { start: range.start, ...(range.end === undefined ? {} : { end: range.end }) };
      if (size === 0 || (wanted?.end !== undefined && wanted.end <= wanted.start)) return;
      const answer = await files.ask('readFile', { file: id, ...(wanted ? { range: wanted } : {}) });
      if (answer.sha256 !== sha256) throw new DavFault(409, 'The file was changed meanwhile. Try again.');
      yield* answer.content;
    },
  };
}

/** Something else is in the way: it is set aside, and goes once the new one stands. */
async function replace(transfer: Transfer, old: DocumentNode): Promise<void> {
  const { context, permitted } = transfer;
  const { files } = context;
  const { tokens } = permitted;
  await files.ask('move', { node: old.id, name: asideName(old.name), ...tokens });
  try {
    await place(transfer);
  } catch (error) {
    await files.ask('move', { node: old.id, name: old.name, ...tokens });
    throw error;
  }
  await files.ask('delete', { node: old.id, ...tokens });
}

/** A name that nothing has, and by which people know what it was. */
function asideName(name: string): string {
  return `${Array.from(name).slice(0, 40).join('').trim()} (replaced ${newId().slice(-6)})`;
}

/** Puts it where nothing is. */
async function place({ context, moving, source, node, target, permitted }: Transfer): Promise<void> {
  const { files } = context;
  const { tokens } = permitted;
  const name = target.path.at(-1)!;
  const parent = target.parent!;
  if (moving) {
    const elsewhere = parent === source.parent ? {} : { parent };
    await files.ask('move', { node: node.id, name, ...elsewhere, ...tokens });
    return;
  }
  const id = newId();
  if (node.kind === 'folder' && depthOf(context) === '0')
    await files.ask('createFolder', { id, parent, name, ...tokens });
  else await files.ask('copy', { id, node: node.id, parent, name, ...tokens });
  await copyProperties(context, node, { id, deep: depthOf(context) !== '0' });
}

/** @throws DavFault 400 */
function depthOf({ request }: DavContext): '0' | 'infinity' {
  const given = String(request.headers['depth'] ?? 'infinity').toLowerCase();
  if (given === '0' || given === 'infinity') return given;
  throw new DavFault(400, 'Depth: 0 or infinity is due.');
}
