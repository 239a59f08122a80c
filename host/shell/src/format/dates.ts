import { language, text } from '../text/text.ts';

const DAY = 24 * 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = language.value === 'sv' ? 'sv-SE' : 'en-GB';
  const key = `${locale} ${name}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}

/** Time of day, e.g. `09:12`; alike in both languages, and written in every row: a format would take longer to make than the rows. */
export function timeOf(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Date and time in full, for hovering and for screen readers. */
export function exactly(at: number): string {
  return format('exact', { dateStyle: 'full', timeStyle: 'short' }).format(at);
}

/** Date, e.g. `7 december 2026`. */
export function dateOf(at: number): string {
  return format('date', { dateStyle: 'long' }).format(at);
}

/** Date and time, e.g. `7 december 2026 kl. 19:46`. */
export function momentOf(at: number): string {
  return format('moment', { dateStyle: 'long', timeStyle: 'short' }).format(at);
}

/** A moment as people say it: the time today, "yesterday 14:20", "Monday 14:20", a date. */
export function sayWhen(at: number, now: number = Date.now()): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY);
  if (days === 0) return timeOf(at);
  if (days === 1) return `${text.value.yesterday.toLowerCase()} ${timeOf(at)}`;
  if (days > 1 && days < 7) return `${format('weekday', { weekday: 'long' }).format(at)} ${timeOf(at)}`;
  return format('short', { day: 'numeric', month: 'short', year: sameYear(at, now) ? undefined : 'numeric' }).format(
    at,
  );
}

/** A day as a heading, with its week: "Monday 23 November · wk 48". */
export function dayHeading(at: number, now: number = Date.now()): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY);
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  if (!sameYear(at, now)) options.year = 'numeric';
  const date = format(`day ${sameYear(at, now)}`, options).format(at);
  const named =
    days === 0 ? `${text.value.today} · ${date}` : days === 1 ? `${text.value.yesterday} · ${date}` : capitalised(date);
  return `${named} · ${text.value.week(isoWeek(at))}`;
}

/** The first moment of the day of a moment, where the reader is. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Week of the year. @see ISO 8601: weeks begin on Monday, the first one holds 4 January */
export function isoWeek(at: number): number {
  const day = new Date(startOfDay(at));
  const thursday = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 3 - ((day.getDay() + 6) % 7));
  const firstThursday = new Date(thursday.getFullYear(), 0, 4);
  firstThursday.setDate(firstThursday.getDate() + 3 - ((firstThursday.getDay() + 6) % 7));
  return 1 + Math.round((thursday.getTime() - firstThursday.getTime()) / (7 * DAY));
}

function sameYear(a: number, b: number): boolean {
  return new Date(a).getFullYear() === new Date(b).getFullYear();
}

function capitalised(text_: string): string {
  return text_.charAt(0).toUpperCase() + text_.slice(1);
}
