import { CapabilityError, type Content, type InputOf } from '@valfri/core';
import { type RawBuilder, sql } from 'kysely';
import type { documents } from '../../capabilities/documents.ts';
import { DEPTH_LIMIT } from '../../documents/names.ts';
import { mayAs } from '../../documents/roles.ts';
import { announce, announceNow, CHANGED, type Writer } from './announce.ts';
import { type Chain, readChain, requireChain } from './chain.ts';
import type { Change } from './change.ts';
import { endLocks, refuseLocked } from './locks.ts';
import type { NodeRow, VersionRow } from './tables.ts';
import { readUnder } from './whole.ts';

type Operations = (typeof documents)['operations'];
type Input<K extends keyof Operations> = InputOf<Operations[K]>;

/** Refuses a name that something else in the folder has. */
async function refuseTaken({ trx }: Change, parent: string | null, name: string, node?: string): Promise<void> {
  if (parent === null) return;
  const { rows } = await sql`
    SELECT FROM nodes WHERE parent = ${parent} AND slot = ${name} AND id IS DISTINCT FROM ${node ?? null}::uuid`.execute(
    trx,
  );
  if (rows.length === 0) return;
  throw new CapabilityError('CONFLICT', `name: something else in the folder is called ${name}.`, {
    field: 'name',
    reason: 'NAME_TAKEN',
  });
}

/** Two who take a name at once: one of them finds it taken only when both have looked. */
async function inserted({ trx }: Change, statement: RawBuilder<unknown>): Promise<void> {
  try {
    await statement.execute(trx);
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code !== '23505') throw error;
    throw constraint === 'names_in_folder'
      ? new CapabilityError('CONFLICT', 'name: something else in the folder has it.', {
          field: 'name',
          reason: 'NAME_TAKEN',
        })
      : new CapabilityError('CONFLICT', 'id: something else has it.', { field: 'id' });
  }
}

function insertNode(row: Partial<NodeRow> & Pick<NodeRow, 'id' | 'kind'>, writer: Writer): RawBuilder<unknown> {
  const { id, kind, parent = null, name = '', owner = null, version = null } = row;
  return sql`
    INSERT INTO nodes (id, kind, parent, name, organisation, owner, created_at, created_by, version, placed)
    VALUES (${id}, ${kind}, ${parent}, ${name}, ${writer.organisation}, ${owner}, ${writer.now}, ${writer.person}, ${version}, true)`;
}

/** Whether a node is there already; the same request again finds what it made. @throws CONFLICT where it is another's. */
async function standsAlready(change: Change, id: string, kind: NodeRow['kind'], writer: Writer): Promise<boolean> {
  const chain = await readChain(change.trx, id, writer);
  if (!chain) return false;
  const [node] = chain;
  if (node.kind === kind && node.created_by === writer.person && node.deleted_at === null && mayAs(node.role, 'viewer'))
    return true;
  throw new CapabilityError('CONFLICT', 'id: something else has it.', { field: 'id' });
}

/** Makes a person's home folder, where it is not there yet. */
export async function makeHome(change: Change, id: string, writer: Writer): Promise<void> {
  await change.to([id], async () => {
    const { rows } = await sql`
      ${insertNode({ id, kind: 'folder', owner: writer.person }, writer)} ON CONFLICT (id) DO NOTHING RETURNING id`.execute(
      change.trx,
    );
    if (rows.length > 0) announceOwned(change, id, writer);
  });
}

/** Whoever owns a folder at the top hears from now on of what happens there. */
function announceOwned(change: Change, root: string, { person }: Writer): void {
  change.announce({ type: 'access.given', data: { root, person, role: 'owner' } });
}

/** Makes a folder. */
export async function createFolder(
  change: Change,
  { id, parent, name, locks }: Input<'createFolder'>,
  writer: Writer,
): Promise<void> {
  if (parent !== undefined) {
    const chain = await requireChain(change.trx, parent, writer, { field: 'parent', kind: 'folder', role: 'editor' });
    if (chain.length >= DEPTH_LIMIT) throw tooDeep();
  }
  if (await standsAlready(change, id, 'folder', writer)) return;
  await refuseLocked(change, { nodes: [parent], locks }, writer);
  await refuseTaken(change, parent ?? null, name);
  const place = parent === undefined ? { owner: writer.person } : { parent };
  await change.to([id], () => inserted(change, insertNode({ id, kind: 'folder', name, ...place }, writer)));
  if (parent === undefined) announceOwned(change, id, writer);
  await announceNow(change, id, 'made', writer);
}

function tooDeep(): CapabilityError {
  return new CapabilityError('QUOTA', `parent: at most ${DEPTH_LIMIT} folders are above one another.`, {
    field: 'parent',
    reason: 'DEPTH',
  });
}

/** Content that has been kept, and what is said of it. */
export interface Written {
  readonly version: string;
  readonly mediaType: string;
  readonly modifiedAt?: number | undefined;
  readonly content: Pick<Content, 'size' | 'sha256'>;
}

async function insertVersion(change: Change, file: string, written: Written, writer: Writer): Promise<void> {
  const { version, mediaType, modifiedAt = writer.now, content } = written;
  await sql`
    INSERT INTO versions (id, file, size, sha256, media_type, modified_at, saved_at, saved_by)
    VALUES (${version}, ${file}, ${content.size}, ${content.sha256}, ${mediaType}, ${modifiedAt},
      (SELECT greatest(${writer.now}::bigint, max(saved_at) + 1) FROM versions WHERE file = ${file}), ${writer.person})`.execute(
    change.trx,
  );
}

/** Whether a version is there already. @throws CONFLICT where it is another file's. */
async function isWritten({ trx }: Change, file: string, version: string): Promise<boolean> {
  const { rows } = await sql<VersionRow>`SELECT * FROM versions WHERE id = ${version}`.execute(trx);
  if (rows[0] && rows[0].file !== file)
    throw new CapabilityError('CONFLICT', 'version: another file has it.', { field: 'version' });
  return rows[0] !== undefined;
}

/** Makes a file whose content has been kept. */
export async function createFile(
  change: Change,
  { id, parent, name, locks, ...input }: Input<'createFile'>,
  content: Content,
  writer: Writer,
): Promise<void> {
  await requireChain(change.trx, parent, writer, { field: 'parent', kind: 'folder', role: 'editor' });
  if (await standsAlready(change, id, 'file', writer)) return;
  if (await isWritten(change, id, input.version))
    throw new CapabilityError('CONFLICT', 'version: it is used.', { field: 'version' });
  await refuseLocked(change, { nodes: [parent], locks }, writer);
  await refuseTaken(change, parent, name);
  await change.to([id], async () => {
    await inserted(change, insertNode({ id, kind: 'file', parent, name, version: input.version }, writer));
    await insertVersion(change, id, { ...input, content }, writer);
  });
  await announceNow(change, id, 'made', writer);
}

/** Gives a file content that has been kept. */
export async function saveFile(
  change: Change,
  { file, ifVersion, locks, ...input }: Input<'saveFile'>,
  {
    content,
    keepOld,
    ...writer
  }: Writer & { readonly content: Pick<Content, 'size' | 'sha256'>; readonly keepOld: boolean },
): Promise<void> {
  await change.lock([file]);
  const chain = await requireChain(change.trx, file, writer, { field: 'file', kind: 'file', role: 'editor' });
  if (await isWritten(change, file, input.version)) return;
  await refuseLocked(change, { nodes: [file], locks }, writer);
  refuseChanged(chain, ifVersion);
  await change.to([file], async () => {
    if (!keepOld)
      await sql`UPDATE versions SET gone = true, ${CHANGED} WHERE file = ${file} AND NOT gone`.execute(change.trx);
    await insertVersion(change, file, { ...input, content }, writer);
    await sql`UPDATE nodes SET version = ${input.version}, ${CHANGED} WHERE id = ${file}`.execute(change.trx);
    // What it held until now is a version from now on.
    await sql`UPDATE versions SET ${CHANGED} WHERE id = ${chain[0].version}`.execute(change.trx);
  });
  announce(change, chain, 'written', writer.person);
}

function refuseChanged([node]: Chain, ifVersion: string | undefined): void {
  if (ifVersion === undefined || node.version === ifVersion) return;
  throw new CapabilityError('CONFLICT', 'ifVersion: the file has been changed since. Read it again.', {
    field: 'ifVersion',
    reason: 'CHANGED',
  });
}

/** Gives a node another place or name. */
export async function move(
  change: Change,
  { node: id, parent, name, locks }: Input<'move'>,
  writer: Writer,
): Promise<void> {
  const chain = await requireChain(change.trx, id, writer, { field: 'node', role: 'editor' });
  const [node] = chain;
  refuseTop(chain, parent !== undefined);
  const to = parent ?? node.parent;
  if (to !== null && to !== node.parent) await requireRoomIn(change, { id, to, kind: node.kind }, writer);
  const called = name ?? node.name;
  if (to === node.parent && called === node.name) return;
  const ids = await readUnder(change.trx, id, null);
  await refuseLocked(change, { nodes: [id, node.parent, to], along: ids, locks }, writer);
  await refuseTaken(change, to, called, id);
  if (to !== node.parent) {
    announce(change, chain, 'gone', writer.person);
    await endLocks(change, ids);
  }
  await change.to([id], () =>
    inserted(change, sql`UPDATE nodes SET parent = ${to}, name = ${called}, ${CHANGED} WHERE id = ${id}`),
  );
  await announceNow(change, id, to === node.parent ? 'renamed' : 'made', writer);
}

/** A home folder stays what it is; a shared one at the top stays there. */
function refuseTop([node]: Chain, moved: boolean): void {
  if (node.parent !== null || (!moved && node.name !== '')) return;
  const is = node.name === '' ? 'a home folder' : 'at the top';
  throw new CapabilityError('INVALID', `node: it is ${is}, and cannot be moved.`, { field: 'node' });
}

interface Going {
  readonly id: string;
  readonly to: string;
  readonly kind: NodeRow['kind'];
}

/** @throws INVALID, DENIED, NOT_FOUND or QUOTA where a node cannot go into a folder. */
async function requireRoomIn(change: Change, { id, to, kind }: Going, writer: Writer): Promise<Chain> {
  const target = await requireChain(change.trx, to, writer, { field: 'parent', kind: 'folder', role: 'editor' });
  if (target.some((link) => link.id === id))
    throw new CapabilityError('INVALID', 'parent: it is the node itself, or in it.', {
      field: 'parent',
      reason: 'INSIDE',
    });
  if (kind === 'folder' && target.length + (await depthOf(change, id)) > DEPTH_LIMIT) throw tooDeep();
  return target;
}

/** How many folders are above one another from a folder on, itself among them. */
async function depthOf({ trx }: Change, id: string): Promise<number> {
  const { rows } = await sql<{ depth: number }>`
    WITH RECURSIVE down AS (
      SELECT id, 1 AS depth FROM nodes WHERE id = ${id}
      UNION ALL SELECT n.id, down.depth + 1 FROM down JOIN nodes n ON n.parent = down.id
      WHERE n.kind = 'folder' AND NOT n.gone AND n.deleted_at IS NULL AND down.depth < 100)
    SELECT max(depth) AS depth FROM down`.execute(trx);
  return Number(rows[0]!.depth);
}

/** Deletes a node with all that is in it: to the trash, or for good. */
export async function remove(
  change: Change,
  { node: id, ifVersion, locks }: Input<'delete'>,
  { hasTrash, ...writer }: Writer & { readonly hasTrash: boolean },
): Promise<void> {
  const known = await readChain(change.trx, id, writer);
  const atTop = known?.[0].parent === null;
  const chain = await requireChain(change.trx, id, writer, { field: 'node', role: atTop ? 'owner' : 'editor' });
  if (chain[0].parent === null && chain[0].name === '')
    throw new CapabilityError('INVALID', 'node: it is a home folder.', { field: 'node' });
  const ids = await readUnder(change.trx, id, null);
  await refuseLocked(change, { nodes: [id, chain[0].parent], along: ids, locks }, writer);
  refuseChanged(chain, ifVersion);
  announce(change, chain, 'gone', writer.person);
  await endLocks(change, ids);
  if (!hasTrash) return eraseAll(change, ids);
  await change.to(ids, async () => {
    await sql`
      UPDATE nodes SET deleted_at = ${writer.now}, deleted_by = ${writer.person}, deleted_with = ${id}, ${CHANGED}
      WHERE id = ANY(${ids}::uuid[])`.execute(change.trx);
    await touch(change, ids);
  });
}

/** What belongs to nodes that went, or came back, went or came back too. */
async function touch({ trx }: Change, ids: readonly string[]): Promise<void> {
  await sql`UPDATE versions SET ${CHANGED} WHERE file = ANY(${ids}::uuid[])`.execute(trx);
  await sql`UPDATE grants SET ${CHANGED} WHERE node = ANY(${ids}::uuid[])`.execute(trx);
}

/** Deletes for good. That something was there is kept, without what it was, so that those who follow are told. */
async function eraseAll(change: Change, ids: readonly string[]): Promise<void> {
  await change.to(ids, async () => {
    await sql`
      UPDATE nodes SET gone = true, name = '', ${CHANGED} WHERE id = ANY(${ids}::uuid[])`.execute(change.trx);
    await sql`UPDATE versions SET gone = true, ${CHANGED} WHERE file = ANY(${ids}::uuid[])`.execute(change.trx);
    await sql`UPDATE grants SET gone = true, ${CHANGED} WHERE node = ANY(${ids}::uuid[])`.execute(change.trx);
  });
}

async function requireTrashed(change: Change, id: string, writer: Writer): Promise<Chain> {
  const chain = await readChain(change.trx, id, writer);
  if (chain && chain[0].deleted_with === id && mayAs(chain[0].role, 'editor')) return chain;
  throw new CapabilityError('NOT_FOUND', 'node: it is not in the trash.', { field: 'node' });
}

/** Deletes for good what is in the trash. */
export async function erase(change: Change, { node: id }: Input<'erase'>, writer: Writer): Promise<void> {
  await requireTrashed(change, id, writer);
  const { rows } = await sql<{ id: string }>`SELECT id FROM nodes WHERE deleted_with = ${id} AND NOT gone`.execute(
    change.trx,
  );
  await eraseAll(
    change,
    rows.map((row) => row.id),
  );
}

/** Takes a node out of the trash. */
export async function restore(
  change: Change,
  { node: id, parent, name, locks }: Input<'restore'>,
  writer: Writer,
): Promise<void> {
  const chain = await requireTrashed(change, id, writer);
  const [node, folder] = chain;
  if (parent === undefined && node.parent !== null && (folder === undefined || folder.deleted_at !== null))
    throw new CapabilityError('CONFLICT', 'parent: the folder it was in is not there. Choose another.', {
      field: 'parent',
      reason: 'NO_PLACE',
    });
  const to = parent ?? node.parent;
  if (to !== null) await requireRoomIn(change, { id, to, kind: node.kind }, writer);
  await refuseLocked(change, { nodes: [to], locks }, writer);
  const called = name ?? node.name;
  await refuseTaken(change, to, called, id);
  const ids = await readUnder(change.trx, id, id);
  await change.to(ids, async () => {
    await sql`UPDATE nodes SET parent = ${to}, name = ${called} WHERE id = ${id}`.execute(change.trx);
    const back = sql`
      UPDATE nodes SET deleted_at = NULL, deleted_by = NULL, deleted_with = NULL, ${CHANGED}
      WHERE id = ANY(${ids}::uuid[])`;
    await inserted(change, back);
    await touch(change, ids);
  });
  await announceNow(change, id, 'made', writer);
}
