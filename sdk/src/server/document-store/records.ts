import type { PortableRecord } from '@valfri/core';
import type { Lock, Version } from '../../capabilities/documents-views.ts';
import { ROLES } from '../../documents/roles.ts';
import type { GrantRow, LockRow, NodeRow, VersionRow } from './tables.ts';

/** A node with what belongs to it. */
export interface WholeNode {
  readonly node: NodeRow;
  /** All that it held, the present content among it, in the order of saving. */
  readonly versions: readonly VersionRow[];
  readonly grants: readonly GrantRow[];
  readonly locks: readonly LockRow[];
}

/** Whether a node is in the tree. */
export function isLive({ gone, deleted_at: deletedAt }: NodeRow): boolean {
  return !gone && deletedAt === null;
}

function made({ id, organisation, created_at: createdAt, created_by: createdBy }: NodeRow) {
  return { id, organisation, createdAt, createdBy };
}

/** A version as contracts have it. */
export function versionOf(row: VersionRow): Version {
  return {
    id: row.id,
    size: row.size,
    sha256: row.sha256,
    mediaType: row.media_type,
    modifiedAt: row.modified_at,
    savedAt: row.saved_at,
    savedBy: row.saved_by,
  };
}

/** The records of a node itself; `null` for those that it has not. */
export function nodeRecords(node: NodeRow, present: VersionRow | undefined): readonly PortableRecord[] {
  const live = isLive(node);
  return [
    { type: node.kind, key: node.id, value: live ? valueOf(node, present) : null },
    { type: 'place', key: node.id, value: live && node.placed ? placeOf(node) : null },
  ];
}

function valueOf(node: NodeRow, present: VersionRow | undefined): Record<string, unknown> {
  if (node.kind === 'folder') return { ...made(node), ...(node.owner === null ? {} : { owner: node.owner }) };
  const { id: version, ...content } = versionOf(present!);
  return { ...made(node), ...content, version };
}

function placeOf({ id, parent, name }: NodeRow): Record<string, unknown> {
  return { node: id, ...(parent === null ? {} : { parent }), name };
}

/** The record of what a file held; `null` where it holds it now, or is not in the tree. */
export function versionRecord(row: VersionRow, node: NodeRow | undefined): PortableRecord {
  const is = !row.gone && node !== undefined && isLive(node) && node.version !== row.id;
  return { type: 'version', key: row.id, value: is ? { ...versionOf(row), file: row.file } : null };
}

/** The record of what was given; `null` where it was taken back, or is not in the tree. */
export function grantRecord(row: GrantRow, node: NodeRow | undefined): PortableRecord {
  const is = !row.gone && node !== undefined && isLive(node);
  const { node: on, to, whom } = row;
  return { type: 'grant', key: `${on}/${to}/${whom}`, value: is ? { node: on, to, whom, ...givenOf(row) } : null };
}

function givenOf({ role, given_at: givenAt, given_by: givenBy }: GrantRow) {
  return { role: ROLES[role - 1]!, givenAt, givenBy };
}

/** A lock as contracts have it. */
export function lockOf(row: LockRow): Lock {
  const { node, token, person, exclusive, deep, note } = row;
  const times = { lockedAt: row.locked_at, expiresAt: row.expires_at };
  return { token, node, person, exclusive, deep, ...(note === null ? {} : { note }), ...times };
}

/** The record of a lock; `null` where it has ended, or is not in the tree. */
export function lockRecord(row: LockRow, node: NodeRow | undefined): PortableRecord {
  const is = !row.gone && node !== undefined && isLive(node);
  return { type: 'lock', key: `${row.node}/${row.token}`, value: is ? lockOf(row) : null };
}

/** The record of what is in the trash; `null` where it is not. */
export function trashedRecord({ node, versions, grants }: WholeNode): PortableRecord {
  if (node.gone || node.deleted_at === null) return { type: 'trashed', key: node.id, value: null };
  const value = {
    ...made(node),
    kind: node.kind,
    parent: node.parent,
    name: node.name,
    deletedAt: node.deleted_at,
    deletedBy: node.deleted_by,
    with: node.deleted_with,
    versions: presentLast(node, versions).map(versionOf),
    grants: grants.filter(({ gone }) => !gone).map((row) => ({ to: row.to, whom: row.whom, ...givenOf(row) })),
  };
  return { type: 'trashed', key: node.id, value };
}

function presentLast({ version }: NodeRow, versions: readonly VersionRow[]): readonly VersionRow[] {
  const there = versions.filter(({ gone }) => !gone);
  return [...there.filter(({ id }) => id !== version), ...there.filter(({ id }) => id === version)];
}

/** Every record of a node that there is. */
export function livingRecords(whole: WholeNode): readonly PortableRecord[] {
  const { node, versions, grants, locks } = whole;
  const present = versions.find(({ id }) => id === node.version);
  return [
    ...nodeRecords(node, present),
    ...versions.map((row) => versionRecord(row, node)),
    ...grants.map((row) => grantRecord(row, node)),
    ...locks.map((row) => lockRecord(row, node)),
    trashedRecord(whole),
  ].filter(({ value }) => value !== null);
}
