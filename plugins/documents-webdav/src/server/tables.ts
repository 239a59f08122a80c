import type { DocumentTables } from '@valfri/sdk/server';

/**
 * Where something lies on the server. A row is there before what it says: with no version, and without an entity tag, it is
 * under way.
 */
export interface PlacementRow {
  node: string;
  /** Node of the folder that it lies in; `null` in the folder of the settings. */
  parent: string | null;
  /** The name in the mirror that it was last given its place by. */
  name: string;
  /** Its name on the server. */
  segment: string;
  kind: 'folder' | 'file';
  /** Of a file: the version that lies there. */
  version: string | null;
  /** Of a folder: that of when all in it was last looked through. */
  etag: string | null;
  size: number | null;
  file_id: string | null;
}

/** The tables of an instance, as Kysely sees them. */
export interface WebdavTables extends DocumentTables {
  placements: PlacementRow;
  /** What lies on the server by its hash; what is unwanted is removed when the server answers. */
  contents: { sha256: string; size: number; unwanted: boolean };
  /** One row: whether others are still listened to. */
  webdav_state: { one: true; frozen: boolean };
}
