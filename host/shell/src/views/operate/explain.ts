import { explain, type Failure } from '../../state/api.ts';
import { tell } from '../../state/notices.ts';
import { texts } from '../../text/text.ts';

const words = texts({
  sv: {
    OFFLINE: 'Servern går inte att nå. Kontrollera nätet och försök igen.',
    NOT_FOUND: 'Det finns inte kvar. Någon annan kan ha tagit bort det.',
    DENIED: 'Bara den som sköter driften får göra det.',
    UNAVAILABLE: 'Leverantören svarar inte just nu. Försök igen om en stund.',
    TIMEOUT: 'Det tog för lång tid. Läs sidan igen och se om det blev gjort innan du försöker på nytt.',
    INTERNAL: 'Något gick fel på servern. Inget annat har påverkats. Felet står i serverns logg.',
    detail: (message: string) => `Det gick inte. Servern svarade: ${message}`,
  },
  en: {
    OFFLINE: 'The server cannot be reached. Check the network and try again.',
    NOT_FOUND: 'That is not here any more. Somebody else may have removed it.',
    DENIED: 'Only an operator may do that.',
    UNAVAILABLE: 'The provider does not answer right now. Try again in a moment.',
    TIMEOUT: 'It took too long. Read the page again and see whether it was done before you try anew.',
    INTERNAL: 'Something went wrong on the server. Nothing else was affected. The fault is in the server’s log.',
    detail: (message: string) => `That did not work. The server answered: ${message}`,
  },
});

const GENERAL = ['OFFLINE', 'NOT_FOUND', 'DENIED', 'UNAVAILABLE', 'TIMEOUT', 'INTERNAL'] as const;

/** What happened and what to do, for an operator; `own` has the words that fit the place, by reason or code. */
export function explainHere(failure: Failure, own: Readonly<Record<string, string>> = {}): string {
  const known = (failure.reason && own[failure.reason]) || own[failure.code];
  if (known) return known;
  const general = GENERAL.find((code) => code === failure.code);
  if (general) return words.value[general];
  return failure.code === 'UNAUTHORIZED' ? explain(failure) : words.value.detail(failure.message);
}

/** Says as a notice what went wrong. */
export function tellFailure(failure: Failure, own: Readonly<Record<string, string>> = {}): void {
  tell(explainHere(failure, own), { kind: 'bad' });
}
