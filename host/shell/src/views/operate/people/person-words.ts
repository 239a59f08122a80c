import { dateOf } from '../../../format/dates.ts';
import { texts } from '../../../text/text.ts';
import type { api } from '../../../state/api.ts';

/** A person as an operator sees them. */
export type PersonDetails = Awaited<ReturnType<typeof api.people.get.query>>;

/** Words that more than one page about people says. */
export const personWords = texts({
  sv: {
    add: 'Lägg till en person',
    name: 'Namn',
    email: 'E-postadress',
    member: 'Medarbetare',
    guest: 'Gäst',
    operator: 'Sköter driften',
    inactive: 'Avstängd',
    ended: 'Tiden är ute',
    endsAt: 'Slutdatum',
    until: (date: string) => `Gäst till och med ${date}`,
    takenEmail: 'Någon annan har redan den adressen.',
    needsName: 'Skriv ett namn.',
    needsEmail: 'Skriv en e-postadress, till exempel anna@example.org.',
    needsDate: 'Välj ett datum. En gäst måste ha ett slutdatum.',
    pastDate: 'Datumet har redan varit. Välj ett senare.',
    self: 'Du kan inte stänga dig själv ute. Be någon annan som sköter driften.',
  },
  en: {
    add: 'Add a person',
    name: 'Name',
    email: 'E-mail address',
    member: 'Member',
    guest: 'Guest',
    operator: 'Operator',
    inactive: 'Deactivated',
    ended: 'Time is up',
    endsAt: 'End date',
    until: (date: string) => `Guest until the end of ${date}`,
    takenEmail: 'Somebody else has that address already.',
    needsName: 'Write a name.',
    needsEmail: 'Write an e-mail address, such as anna@example.org.',
    needsDate: 'Choose a date. A guest must have an end date.',
    pastDate: 'The date has passed. Choose a later one.',
    self: 'You cannot lock yourself out. Ask another operator.',
  },
});

/** Whether it could be an e-mail address; whether it is, the server says. */
export function isEmail(text: string): boolean {
  return /^\S+@\S+\.\S+$/.test(text);
}

/** Whether somebody may no longer sign in. */
export function isInactive({ disabledAt, endsAt }: PersonDetails): boolean {
  return disabledAt !== undefined || (endsAt !== undefined && endsAt <= Date.now());
}

/** What kind of person it is, and until when. */
export function kindOf({ kind, endsAt }: PersonDetails): string {
  const { member, guest, until } = personWords.value;
  if (kind === 'member') return member;
  return endsAt === undefined ? guest : until(dateOf(endsAt));
}

/** The last moment of a day as a field of a form gives it, e.g. `2026-12-07`; `undefined` where it is none. */
export function endOfDay(value: string): number | undefined {
  const at = new Date(`${value}T23:59:59.999`).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** A moment's day as a field of a form takes it. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
