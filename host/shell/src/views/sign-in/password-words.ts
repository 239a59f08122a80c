import { texts } from '../../text/text.ts';

/** What is said of passwords where one is chosen. */
export const passwordWords = texts({
  sv: {
    atLeast: 'Minst 12 tecken. Några vanliga ord efter varandra går bra.',
    missing: 'Skriv ett lösenord.',
    short: 'Lösenordet är för kort. Det behöver minst 12 tecken, till exempel några ord efter varandra.',
    reasons: {
      repeated: 'Lösenordet är samma sak om och om igen. Ta några ord som inte hör ihop.',
      sequence: 'Lösenordet är bokstäver eller tangenter i rad. Ta några ord som inte hör ihop.',
      common: 'Lösenordet är ett av dem som andra provar först. Ta några ord som inte hör ihop.',
      personal: 'Lösenordet innehåller ditt namn eller din adress. Ta något som inte har med dig att göra.',
    } as Readonly<Record<string, string>>,
  },
  en: {
    atLeast: 'At least 12 characters. A few ordinary words in a row will do.',
    missing: 'Write a password.',
    short: 'The password is too short. It needs at least 12 characters, for example a few words in a row.',
    reasons: {
      repeated: 'The password is the same thing over and over. Take a few words that do not belong together.',
      sequence: 'The password is letters or keys in a row. Take a few words that do not belong together.',
      common: 'The password is one of those that others try first. Take a few words that do not belong together.',
      personal: 'The password holds your name or address. Take something that has nothing to do with you.',
    } as Readonly<Record<string, string>>,
  },
});

/** What is wrong with a new password as far as it can be told here; empty where nothing is. */
export function newPasswordFault(password: string): string {
  const { missing, short } = passwordWords.value;
  return password === '' ? missing : password.length < 12 ? short : '';
}

/** What the server said of it, in words. */
export function passwordRefusal({ reason = '' }: { readonly reason?: string | undefined }): string {
  return passwordWords.value.reasons[reason] ?? passwordWords.value.short;
}
