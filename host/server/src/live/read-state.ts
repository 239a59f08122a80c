import { type CapabilityDefinition, type Kernel } from '@valfri/core';
import { type Kysely, sql } from 'kysely';
import type { HostTables } from '../database/tables.ts';
import type { Log } from '../log.ts';
import type { LiveEvent, Outbox } from './outbox.ts';

/** How far a person has read in one resource. */
export interface ReadMarker {
  readonly resource: string;
  readonly seq: number;
  /** Unread items in which the person is mentioned. */
  readonly mentions: number;
}

/** Who has read how far. The host's own, whoever provides; providers that want to know are told. */
export class ReadState {
  readonly #db: Kysely<HostTables>;
  readonly #outbox: Outbox;
  readonly #kernel: Kernel;
  readonly #log: Log;

  constructor(options: { db: Kysely<HostTables>; outbox: Outbox; kernel: Kernel; log: Log }) {
    this.#db = options.db;
    this.#outbox = options.outbox;
    this.#kernel = options.kernel;
    this.#log = options.log;
  }

  async of(person: string): Promise<readonly ReadMarker[]> {
    const { rows } = await sql<ReadMarker>`
      SELECT coalesce(m.resource, n.resource) AS resource, coalesce(m.seq, 0) AS seq, coalesce(n.count, 0) AS mentions
      FROM (SELECT resource, seq FROM valfri.markers WHERE person = ${person}) m
      FULL JOIN (SELECT resource, count(*) AS count FROM valfri.mentions WHERE person = ${person} GROUP BY resource) n
        ON n.resource = m.resource`.execute(this.#db);
    return rows;
  }

  /** Says that a person has read up to a place; never back. */
  async mark(person: string, resource: string, seq: number): Promise<void> {
    const at = Date.now();
    await this.#db.transaction().execute(async (trx) => {
      const { numAffectedRows } = await sql`
        INSERT INTO valfri.markers AS m (resource, person, seq, at) VALUES (${resource}, ${person}, ${seq}, ${at})
        ON CONFLICT (person, resource) DO UPDATE SET seq = excluded.seq, at = excluded.at
        WHERE m.seq < excluded.seq`.execute(trx);
      if (!numAffectedRows) return;
      await sql`DELETE FROM valfri.mentions WHERE person = ${person} AND resource = ${resource} AND seq <= ${seq}`.execute(
        trx,
      );
      await this.#outbox.announceOwn([{ topic: person, type: 'read.moved', data: { resource, seq } }], trx);
    });
    this.#outbox.wake();
  }

  /** Tells the provider, where it has the feature, through the operation that the contract has for it. */
  async tellProvider(
    capability: CapabilityDefinition,
    caller: { person: string; organisation: string; groups: readonly string[] },
    given: { room: string; message: string },
  ): Promise<void> {
    try {
      await this.#kernel.handle(capability, caller)['setReadMarker']?.(given);
    } catch (error) {
      if ((error as { code?: string }).code !== 'UNSUPPORTED')
        this.#log.warn('The provider could not be told how far a person has read.', { error });
    }
  }

  /** Keeps in mind who was mentioned, until they have read it. */
  readonly sink = async (events: readonly LiveEvent[]): Promise<void> => {
    const rows = events.flatMap(mentionsIn);
    if (rows.length === 0) return;
    try {
      await sql`
        INSERT INTO valfri.mentions (person, resource, item, seq)
        SELECT person, resource, item, seq
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(person uuid, resource uuid, item uuid, seq bigint)
        ON CONFLICT DO NOTHING`.execute(this.#db);
      await sql`
        DELETE FROM valfri.mentions n USING valfri.markers m
        WHERE n.person = ANY(${rows.map(({ person }) => person)}::uuid[]) AND m.person = n.person
          AND m.resource = n.resource AND n.seq <= m.seq`.execute(this.#db);
    } catch (error) {
      this.#log.error('Mentions could not be kept.', { error });
    }
  };
}

interface Posted {
  readonly room: string;
  readonly message: {
    readonly id: string;
    readonly seq: number;
    readonly author: string;
    readonly mentions: readonly string[];
  };
}

function mentionsIn({ type, data }: LiveEvent): { person: string; resource: string; item: string; seq: number }[] {
  if (type !== 'message.posted') return [];
  const { room, message } = data as unknown as Posted;
  const { id, seq, author, mentions } = message;
  return [...new Set(mentions)]
    .filter((person) => person !== author)
    .map((person) => ({ person, resource: room, item: id, seq }));
}
