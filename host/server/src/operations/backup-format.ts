import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli/client.ts';
import type { FilesEntry } from './backup-files.ts';

/** One table in a backup. */
export interface TableEntry {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Name of its file: PostgreSQL's COPY text format, gzipped. */
  readonly file: string;
  /** Of what is in the file once it is unpacked. */
  readonly sha256: string;
}

/** What a backup holds: `manifest.json`, written last. */
export interface BackupManifest {
  readonly format: 1;
  readonly version: string;
  readonly at: string;
  /** Instances whose schemas are in it, with their plugins and the last migration of each. */
  readonly instances: readonly { readonly id: string; readonly plugin: string; readonly migration: string | null }[];
  readonly hostMigration: string;
  readonly tables: readonly TableEntry[];
  /** Absent in backups of hosts whose plugins could keep none. */
  readonly files?: FilesEntry;
}

/** Where to back up, or from where to restore. */
export interface BackupOptions {
  readonly folder: string;
  readonly data: string;
  readonly databaseUrl?: string | undefined;
  readonly progress: (text: string) => void;
}

/** What was done. */
export interface BackupReport {
  readonly tables: number;
  readonly rows: number;
  /** How many files of plugins. */
  readonly files: number;
}

export const MANIFEST = 'manifest.json';

/** @throws CliError where a folder holds no backup, or one of another format. */
export function readManifest(folder: string): BackupManifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw new CliError(`${folder} holds no backup: ${MANIFEST} is missing.`);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as BackupManifest;
  if (manifest.format !== 1)
    throw new CliError(`The backup has the format ${String(manifest.format)}; this host reads 1. Use a newer host.`);
  return manifest;
}

/** The sum of what tables hold. */
export function reportOf({ tables, files }: BackupManifest): BackupReport {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { tables: tables.length, rows, files: files?.count ?? 0 };
}

/** A table and its columns as COPY names them. */
export function copyTarget({ schema, table, columns }: Pick<TableEntry, 'schema' | 'table' | 'columns'>): string {
  return `${quoted(schema)}.${quoted(table)} (${columns.map(quoted).join(', ')})`;
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
