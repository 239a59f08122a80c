import { texts } from '../../text/text.ts';

/** What is said where something is shared by link, or until a day. */
export const shareWords = texts({
  sv: {
    can: {
      viewer: 'Kan öppna och ladda ned.',
      commenter: 'Kan öppna, ladda ned och kommentera.',
      editor: 'Kan öppna, ändra, lägga till, ta bort och dela vidare.',
      owner: 'Kan allt, och är den som delar ut.',
    },
    until: 'Till och med',
    untilFor: (name: string) => `Sista dag för ${name}`,
    untilDay: (day: string) => `Till och med ${day}.`,
    past: 'Välj en dag som inte har varit.',
    links: 'Länkar för dem som saknar konto',
    noLinks: 'Ingen länk leder hit.',
    linkCan: {
      viewer: 'Alla som har länken kan öppna och ladda ned.',
      editor: 'Alla som har länken kan öppna, ladda ned och lämna in filer.',
    },
    linkFile: {
      viewer: 'Alla som har länken kan öppna och ladda ned.',
      editor: 'Alla som har länken kan öppna, ladda ned och ersätta filen.',
    },
    role: { viewer: 'Kan öppna', editor: 'Kan också ändra' },
    may: 'Den som har länken',
    password: 'Lösenord till länken',
    passwordHint: 'Minst 8 tecken. Skicka det på annat sätt än länken.',
    shortPassword: 'Lösenordet behöver minst 8 tecken.',
    withPassword: 'Frågar efter lösenord.',
    make: 'Skapa länk',
    made: 'Länken är skapad. Den visas bara nu: kopiera den.',
    address: 'Länk',
    copy: 'Kopiera länken',
    copied: 'Länken är kopierad.',
    by: (who: string, when: string) => `Skapad av ${who} ${when}.`,
    fromAbove: 'Leder till en mapp ovanför.',
    close: 'Stäng länken',
    closeOf: (when: string) => `Stäng länken som skapades ${when}`,
    closed: 'Länken är stängd. Den leder ingenstans längre.',
    unlock: 'Lås upp',
    unlocked: (name: string) => `${name} är upplåst.`,
    lockedBy: (who: string, when: string) => `Låst av ${who} sedan ${when}`,
  },
  en: {
    can: {
      viewer: 'Can open and download.',
      commenter: 'Can open, download and comment.',
      editor: 'Can open, change, add, delete and share.',
      owner: 'Can do everything, and decides who else can.',
    },
    until: 'Until',
    untilFor: (name: string) => `Last day for ${name}`,
    untilDay: (day: string) => `Until ${day}.`,
    past: 'Choose a day that has not been.',
    links: 'Links for people without an account',
    noLinks: 'No link leads here.',
    linkCan: {
      viewer: 'Anybody who has the link can open and download.',
      editor: 'Anybody who has the link can open, download and hand in files.',
    },
    linkFile: {
      viewer: 'Anybody who has the link can open and download.',
      editor: 'Anybody who has the link can open, download and replace the file.',
    },
    role: { viewer: 'Can open', editor: 'Can change as well' },
    may: 'Whoever has the link',
    password: 'Password of the link',
    passwordHint: 'At least 8 characters. Send it by another way than the link.',
    shortPassword: 'The password needs at least 8 characters.',
    withPassword: 'Asks for a password.',
    make: 'Make a link',
    made: 'The link was made. It is shown only now: copy it.',
    address: 'Link',
    copy: 'Copy the link',
    copied: 'The link was copied.',
    by: (who: string, when: string) => `Made by ${who} ${when}.`,
    fromAbove: 'Leads to a folder above.',
    close: 'Close the link',
    closeOf: (when: string) => `Close the link made ${when}`,
    closed: 'The link was closed. It leads nowhere any more.',
    unlock: 'Unlock',
    unlocked: (name: string) => `${name} was unlocked.`,
    lockedBy: (who: string, when: string) => `Locked by ${who} since ${when}`,
  },
});

/** The last moment of a day as `<input type=date>` has it; `undefined` for none. */
export function endOfDay(day: string): number | undefined {
  return day === '' ? undefined : new Date(`${day}T23:59:59.999`).getTime();
}

/** A moment's day as `<input type=date>` has it. */
export function dayOf(at: number | undefined): string {
  if (at === undefined) return '';
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}
