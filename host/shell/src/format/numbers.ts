import { language } from '../text/text.ts';

const MINUTE = 60_000;
const formats = new Map<string, Intl.NumberFormat>();

function format(digits: number): Intl.NumberFormat {
  const locale = language.value === 'sv' ? 'sv-SE' : 'en-GB';
  const key = `${locale} ${digits}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(locale, { maximumFractionDigits: digits });
  formats.set(key, made);
  return made;
}

/** A number as the locale writes it, e.g. `74 210`. */
export function numberOf(n: number): string {
  return format(0).format(n);
}

/** A time in milliseconds as people say it: `340 ms`, `3,4 s`, `2 min 5 s`, `1 h 12 min`. */
export function durationOf(ms: number): string {
  if (ms < 1_000) return `${numberOf(Math.round(ms))} ms`;
  if (ms < MINUTE) return `${format(1).format(ms / 1_000)} s`;
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % MINUTE) / 1_000)} s`;
  return `${numberOf(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

const UNITS = ['byte', 'kB', 'MB', 'GB', 'TB'];

/** A size as people say it, in powers of 1,000: `17 byte`, `3,4 MB`. */
export function sizeOf(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${format(value < 10 && unit > 0 ? 1 : 0).format(value)} ${UNITS[unit]}`;
}
