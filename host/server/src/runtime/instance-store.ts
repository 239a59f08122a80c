import type { Kysely } from 'kysely';
import type { Keys } from '../config/keys.ts';
import type { HostTables } from '../database/tables.ts';
import { secretSettings } from './manifests.ts';
import type { Manifest } from '@valfri/sdk';

/** An instance as it is kept. */
export interface StoredInstance {
  readonly id: string;
  readonly plugin: string;
  readonly title: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Its secret settings were altered, or sealed with another key: they are left out. */
  readonly unreadable?: boolean;
}

/** Keeps the instances and their settings; what is secret is encrypted. */
export class InstanceStore {
  readonly #db: Kysely<HostTables>;
  readonly #keys: Keys;

  constructor(db: Kysely<HostTables>, keys: Keys) {
    this.#db = db;
    this.#keys = keys;
  }

  async all(): Promise<readonly StoredInstance[]> {
    const rows = await this.#db
      .selectFrom('valfri.instances')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(({ id, plugin, title, settings, secrets }) => ({
      ...{ id, plugin, title },
      ...this.#readable(id, settings, secrets),
    }));
  }

  #readable(
    id: string,
    settings: Readonly<Record<string, unknown>>,
    secrets: Buffer | null,
  ): Pick<StoredInstance, 'settings' | 'unreadable'> {
    if (!secrets) return { settings };
    try {
      return { settings: { ...settings, ...(JSON.parse(this.#keys.unseal(id, secrets)) as object) } };
    } catch {
      return { settings, unreadable: true };
    }
  }

  /** Keeps an instance, new or changed. */
  async keep({ id, plugin, title, settings }: StoredInstance, manifest: Manifest): Promise<void> {
    const secret = new Set(secretSettings(manifest));
    const part = (wanted: boolean) =>
      Object.fromEntries(Object.entries(settings).filter(([name]) => secret.has(name) === wanted));
    const secrets = secret.size === 0 ? null : this.#keys.seal(id, JSON.stringify(part(true)));
    const open = JSON.stringify(part(false));
    await this.#db
      .insertInto('valfri.instances')
      .values({ id, plugin, title, settings: open, secrets, created_at: Date.now() })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ title, settings: open, secrets }))
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('valfri.instances').where('id', '=', id).execute();
  }
}
