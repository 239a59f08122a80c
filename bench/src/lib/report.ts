import { cpus, totalmem } from 'node:os';

/** Figures of one run, by the names that the issues use. */
export type Figures = { readonly [name: string]: number | string | boolean | Figures | readonly Figures[] };

/** The value below which a share of a list lies; `NaN` for an empty list. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** A number with as many digits as anybody reads. */
export function rounded(value: number, digits = 3): number {
  return value === 0 || !Number.isFinite(value) ? value : Number(value.toPrecision(digits));
}

/** Prints one object for scripts, or a table for people. What is on the way goes to stderr. */
export function print(name: string, figures: Figures): void {
  if (process.argv.includes('--json')) return void process.stdout.write(`${JSON.stringify({ name, ...figures })}\n`);
  const [cpu] = cpus();
  process.stdout.write(
    `\n${name} · Node ${process.versions.node} · ${cpus().length} × ${cpu?.model ?? 'processor'} · ${Math.round(totalmem() / 2 ** 30)} GiB\n\n`,
  );
  const rows = flat(figures);
  const width = Math.max(...rows.map(([key]) => key.length));
  for (const [key, value] of rows) process.stdout.write(`  ${key.padEnd(width)}  ${String(value)}\n`);
  process.stdout.write('\n');
}

/** Says what is under way. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function flat(figures: Figures, prefix = ''): [string, unknown][] {
  return Object.entries(figures).flatMap(([key, value]) => {
    if (Array.isArray(value)) return value.flatMap((one: Figures, i) => flat(one, `${prefix}${key}.${i}.`));
    if (typeof value === 'object') return flat(value as Figures, `${prefix}${key}.`);
    return [[prefix + key, value] as [string, unknown]];
  });
}
