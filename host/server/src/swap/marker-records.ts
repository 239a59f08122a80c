import {
  BugError,
  type ChangePage,
  type Digest,
  type IngestReport,
  type Portability,
  type PortableRecord,
  RunningDigest,
} from '@valfri/core';
import { hashOf } from '@valfri/sdk/server';
import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';

interface MarkerRow {
  readonly room: string;
  readonly person: string;
  readonly seq: number;
  readonly at: number;
}

/** The host's read markers as records, for providers that want to be told of them. They are never taken in. */
export class MarkerRecords implements Portability {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async changes({ after = '', limit }: { after?: string | undefined; limit: number }): Promise<ChangePage> {
    const [person = '', resource = ''] = after.split('/');
    const { rows } = await sql<MarkerRow>`
      SELECT resource AS room, person, seq, at FROM valfri.markers
      ${after === '' ? sql`` : sql`WHERE (person, resource) > (${person}, ${resource})`}
      ORDER BY person, resource LIMIT ${limit}`.execute(this.#db);
    const last = rows.at(-1);
    return {
      records: rows.map(recordOf),
      next: last ? `${last.person}/${last.room}` : after,
      caughtUp: rows.length < limit,
    };
  }

  async head(): Promise<string> {
    return '';
  }

  async ingest(): Promise<IngestReport> {
    throw new BugError('the host owns the read markers; nobody hands them to it');
  }

  async digest(): Promise<Digest> {
    const digest = new RunningDigest();
    for (let after = '', done = false; !done;) {
      const page = await this.changes({ after, limit: 5_000 });
      for (const record of page.records) digest.add(hashOf(record));
      after = page.next;
      done = page.caughtUp;
    }
    return digest.value;
  }

  async read(_: string, keys: readonly string[]): Promise<readonly PortableRecord[]> {
    const { rows } = await sql<MarkerRow>`
      SELECT resource AS room, person, seq, at FROM valfri.markers
      WHERE resource || '/' || person = ANY(${keys})`.execute(this.#db);
    return rows.map(recordOf);
  }

  async purge(): Promise<void> {
    throw new BugError('the host owns the read markers');
  }
}

function recordOf({ room, person, seq, at }: MarkerRow): PortableRecord {
  return { type: 'marker', key: `${room}/${person}`, value: { room, person, seq, at } };
}
