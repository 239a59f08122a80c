import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { HostTables } from '../database/tables.ts';

/** What a person has chosen for themselves; all of it optional. */
export const preferencesSchema = z.object({
  language: z.enum(['sv', 'en']).optional(),
  theme: z.enum(['system', 'light', 'dark', 'contrast']).optional(),
  density: z.enum(['comfortable', 'compact']).optional(),
  singleKeys: z.boolean().optional().describe('Shortcuts of a single key'),
  enterSends: z.boolean().optional(),
  filesView: z.enum(['list', 'tiles']).optional(),
  lastRoom: z.uuid().optional(),
  mutedRooms: z.array(z.uuid()).max(500).optional(),
  widths: z
    .object({
      list: z.int().min(180).max(600).optional(),
      panel: z.int().min(280).max(900).optional(),
      file: z.int().min(280).max(1_400).optional(),
    })
    .optional(),
});

/** See {@link preferencesSchema}. */
export type PreferenceValues = z.output<typeof preferencesSchema>;

/** Keeps what people have chosen for themselves. */
export class Preferences {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async of(person: string): Promise<PreferenceValues> {
    const row = await this.#db
      .selectFrom('valfri.preferences')
      .select('body')
      .where('person', '=', person)
      .executeTakeFirst();
    return preferencesSchema.safeParse(row?.body ?? {}).data ?? {};
  }

  /** Changes what is given. */
  async change(person: string, changes: PreferenceValues): Promise<void> {
    const body = JSON.stringify(changes);
    await this.#db
      .insertInto('valfri.preferences')
      .values({ person, body })
      .onConflict((conflict) =>
        conflict.column('person').doUpdateSet({ body: sql`valfri.preferences.body || ${body}::jsonb` }),
      )
      .execute();
  }
}
