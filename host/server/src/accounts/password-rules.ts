/** Why a password is refused that is long enough. */
export type PasswordFault = 'repeated' | 'sequence' | 'personal' | 'common';

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
}

const LONGEST_UNIT = 4;
const SHORTEST_PART = 4;

/** Keys and letters as they follow each other. */
const ROWS = [
  ...['abcdefghijklmnopqrstuvwxyzåäö', '12345678901234567890', 'qwertyuiopå', 'asdfghjklöä', 'zxcvbnm'],
  ...['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm'],
];

/** Words that are tried first, with whichever digits and signs around them. */
const COMMON = new Set(
  [
    ...['password', 'passwrd', 'passord', 'lösenord', 'losenord', 'hemligt', 'hemlighet', 'secret', 'letmein'],
    ...['welcome', 'välkommen', 'valkommen', 'changeme', 'bytmig', 'iloveyou', 'jagälskardig', 'administrator'],
    ...['admin', 'användare', 'anvandare', 'test', 'testtest', 'sommar', 'vinter', 'vår', 'höst', 'summer', 'winter'],
    ...['januari', 'februari', 'mars', 'april', 'maj', 'juni', 'juli', 'augusti', 'september', 'oktober', 'november'],
    ...['december', 'måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag', 'lördag', 'söndag', 'sverige', 'stockholm'],
    ...['göteborg', 'malmö', 'kommun', 'kommunen', 'regionen', 'valfri'],
  ].flatMap((word) => [word, word + word]),
);

/**
 * What makes a password easy to guess, if anything.
 * @see NIST SP 800-63B, 3.1.1.2: a blocklist of common, expected and repeated values, no rules of composition
 */
export function passwordFault(password: string, { email, name }: PasswordOwner): PasswordFault | undefined {
  const text = password.normalize('NFC').toLowerCase();
  if (repeats(text)) return 'repeated';
  if (follows(text)) return 'sequence';
  const letters = text.replace(/[^\p{L}]/gu, '');
  if (COMMON.has(letters)) return 'common';
  const local = email.split('@')[0]!.toLowerCase();
  const names = name.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const own = [local, names.join(''), ...names].filter((part) => part.length >= SHORTEST_PART);
  return own.some((part) => text.includes(part) || letters.includes(part)) ? 'personal' : undefined;
}

/** Whether it is one short thing over and over. */
function repeats(text: string): boolean {
  for (let unit = 1; unit <= LONGEST_UNIT; unit++)
    if ([...text].every((char, i) => i < unit || char === text[i - unit])) return true;
  return false;
}

/** Whether nearly every character is the one before, or its neighbour in a row of letters or keys. */
function follows(text: string): boolean {
  const steps = [...text].filter((char, i) => i > 0 && near(text[i - 1]!, char)).length;
  return steps >= (text.length - 1) * 0.8;
}

function near(a: string, b: string): boolean {
  return a === b || ROWS.some((row) => row.includes(a + b) || row.includes(b + a));
}
