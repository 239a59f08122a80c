/** Where commands write: text for people, or one JSON object for scripts. */
export interface Output {
  readonly json: boolean;
  /** Writes a line for people; nothing with `--json`. */
  line(text?: string): void;
  /** Writes the result: as JSON with `--json`, else by a function. */
  result<T>(value: T, asText: (value: T) => void): void;
}

/** Output to the terminal. */
export function createOutput(json: boolean): Output {
  const line = (text = '') => void (json || process.stdout.write(`${text}\n`));
  return {
    json,
    line,
    result: (value, asText) =>
      json ? void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`) : asText(value),
  };
}

/** Rows with columns of even width. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A bar of progress. */
export function bar(done: number, total: number, width = 30): string {
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(part * width);
  return `[${'█'.repeat(full)}${'·'.repeat(width - full)}] ${Math.floor(part * 100)} %`;
}
