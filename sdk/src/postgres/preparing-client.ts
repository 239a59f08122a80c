import pg from 'pg';

/** Uses after which a statement is prepared, and how many may be: what is put together anew each time never is. */
const [USES, MOST] = [3, 200];
const uses = new Map<string, number>();
const names = new Map<string, string>();

/**
 * A connection that prepares what it is asked again and again, so that the server need not parse and plan it each time.
 * @see https://www.postgresql.org/docs/18/sql-prepare.html
 */
export class PreparingClient extends pg.Client {
  // The signatures of `pg` are too many to repeat: what is not a text with values goes through as it is.
  override query(...given: never[]): never {
    const [text, values, ...rest] = given as unknown[];
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    const asked = name === undefined ? given : [{ name, text, values }, ...rest];
    return super.query(...(asked as unknown as Parameters<pg.Client['query']>)) as never;
  }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST) return known;
  const count = (uses.get(text) ?? 0) + 1;
  if (count < USES) {
    if (uses.size >= 10 * MOST) uses.clear();
    uses.set(text, count);
    return undefined;
  }
  uses.delete(text);
  const name = `valfri_${names.size}`;
  names.set(text, name);
  return name;
}
