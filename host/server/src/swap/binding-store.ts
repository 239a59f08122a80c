import type { Binding } from '@valfri/core';
import type { Kysely } from 'kysely';
import type { HostTables } from '../database/tables.ts';

/** Keeps who serves what. */
export class BindingStore {
  readonly #db: Kysely<HostTables>;

  constructor(db: Kysely<HostTables>) {
    this.#db = db;
  }

  async all(): Promise<readonly Binding[]> {
    const rows = await this.#db.selectFrom('valfri.bindings').selectAll().execute();
    return rows.map(({ capability, scope_kind, scope_id, instance, generation }) => ({
      capability,
      scope: scope_kind === 'default' ? { kind: scope_kind } : { kind: scope_kind, id: scope_id },
      instance,
      generation,
    }));
  }

  /** Keeps a binding; one that is there for its scope is replaced, and its generation goes on. */
  async put({ capability, scope, instance }: Omit<Binding, 'generation'>): Promise<void> {
    await this.#db
      .insertInto('valfri.bindings')
      .values({
        capability,
        scope_kind: scope.kind,
        scope_id: scope.kind === 'default' ? '' : scope.id,
        instance,
        generation: 1,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['capability', 'scope_kind', 'scope_id'])
          .doUpdateSet((eb) => ({ instance, generation: eb('valfri.bindings.generation', '+', 1) })),
      )
      .execute();
  }

  async remove(capability: string, scope: Binding['scope']): Promise<void> {
    await this.#db
      .deleteFrom('valfri.bindings')
      .where('capability', '=', capability)
      .where('scope_kind', '=', scope.kind)
      .where('scope_id', '=', scope.kind === 'default' ? '' : scope.id)
      .execute();
  }

  /** Moves every binding of one instance to another, within a transaction. */
  async move(from: string, to: string, trx: Kysely<HostTables>): Promise<void> {
    await trx
      .updateTable('valfri.bindings')
      .set((eb) => ({ instance: to, generation: eb('generation', '+', 1) }))
      .where('instance', '=', from)
      .execute();
  }
}
