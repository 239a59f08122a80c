import type { Swap, SwapFailure, SwapState } from '@valfri/core';
import { texts } from '../../../text/text.ts';

type Said = { readonly what: string; readonly todo: string };

interface MoveWords {
  readonly states: Readonly<Record<SwapState | 'paused' | 'discarded' | 'aborted', string>>;
  readonly steps: Readonly<Record<string, string>>;
  readonly failures: Readonly<Record<SwapFailure['code'], Said>>;
}

/** Words that more than one part of a move's page, or another page, says. */
export const moveWords = texts<MoveWords>({
  sv: {
    states: {
      planned: 'Planerad',
      preparing: 'Förbereder',
      copying: 'Kopierar',
      catchingUp: 'Hämtar ikapp',
      fenced: 'Byter',
      verifying: 'Kontrollerar',
      switched: 'Bytt',
      observing: 'Bevakas',
      retired: 'Avslutad',
      rollingBack: 'Går tillbaka',
      rolledBack: 'Återställd',
      stopped: 'Stannade',
      paused: 'Pausad',
      discarded: 'Kastad plan',
      aborted: 'Stoppad',
    },
    steps: {
      planned: 'Plan',
      preparing: 'Förbereder',
      copying: 'Kopierar',
      catchingUp: 'Hämtar ikapp',
      fenced: 'Byter',
      verifying: 'Kontrollerar',
      observing: 'Bevakar',
    },
    failures: {
      CANNOT_CATCH_UP: {
        what: 'Det skrivs lika fort som den nya leverantören hinner ta emot. Inga skrivningar hölls tillbaka.',
        todo: 'Försök igen vid en lugnare tid, eller välj en snabbare leverantör.',
      },
      VERIFY_MISMATCH: {
        what: 'Kontrollen visade att de två leverantörerna inte har exakt samma innehåll. Därför blev bytet inte av.',
        todo: 'Försök igen: kopieringen börjar då om från början. Händer det igen, kontakta den som gör insticksprogrammet.',
      },
      REJECTED: {
        what: 'Den nya leverantören tog inte emot en post.',
        todo: 'Läs vad den svarade. Rätta eller uppgradera leverantören och försök igen, eller ge upp flytten.',
      },
      FENCE_TIMEOUT: {
        what: 'Skrivningar som pågick blev inte klara i tid, tre gånger i rad. De släpptes fram igen.',
        todo: 'Försök igen om en stund.',
      },
      PROVIDER: {
        what: 'En av leverantörerna svarade med ett fel.',
        todo: 'Se att båda fungerar, och försök igen. Flytten går vidare där den stannade.',
      },
      UNFINISHED: {
        what: 'Alla öppna filer kunde inte sparas. De är öppna kvar, och ingenting har bytts.',
        todo: 'Se varför leverantören inte kan spara, och försök igen.',
      },
      CONSENT: {
        what: 'Något skulle gå förlorat, och ingen har godkänt det.',
        todo: 'Räkna om planen och läs igenom den.',
      },
    },
  },
  en: {
    states: {
      planned: 'Planned',
      preparing: 'Preparing',
      copying: 'Copying',
      catchingUp: 'Catching up',
      fenced: 'Switching',
      verifying: 'Verifying',
      switched: 'Switched',
      observing: 'Observed',
      retired: 'Finished',
      rollingBack: 'Going back',
      rolledBack: 'Rolled back',
      stopped: 'Stopped by itself',
      paused: 'Paused',
      discarded: 'Discarded plan',
      aborted: 'Stopped',
    },
    steps: {
      planned: 'Plan',
      preparing: 'Prepare',
      copying: 'Copy',
      catchingUp: 'Catch up',
      fenced: 'Switch',
      verifying: 'Verify',
      observing: 'Observe',
    },
    failures: {
      CANNOT_CATCH_UP: {
        what: 'People write as fast as the new provider takes it in. No writes were held back.',
        todo: 'Try again at a quieter time, or choose a faster provider.',
      },
      VERIFY_MISMATCH: {
        what: 'The check showed that the two providers do not hold exactly the same. So the switch was not made.',
        todo: 'Try again: the copying then begins anew. If it happens again, write to the maker of the plugin.',
      },
      REJECTED: {
        what: 'The new provider refused a record.',
        todo: 'Read what it answered. Correct or upgrade the provider and try again, or give the move up.',
      },
      FENCE_TIMEOUT: {
        what: 'Writes that were under way did not end in time, three times over. They were let through again.',
        todo: 'Try again in a while.',
      },
      PROVIDER: {
        what: 'One of the providers answered with an error.',
        todo: 'See that both work, and try again. The move goes on where it stopped.',
      },
      UNFINISHED: {
        what: 'Not all open files could be saved. They are still open, and nothing was switched.',
        todo: 'See why the provider cannot save, and try again.',
      },
      CONSENT: {
        what: 'Something would be lost, and nobody has agreed to it.',
        todo: 'Work the plan out anew and read it through.',
      },
    },
  },
});

/** How a move stands, in a word or two. */
export function outcomeOf(swap: Pick<Swap, 'state' | 'wish' | 'history'>): string {
  const { states } = moveWords.value;
  if (swap.wish === 'pause' && !['planned', 'stopped', 'retired', 'rolledBack', 'observing'].includes(swap.state))
    return states.paused;
  if (swap.state !== 'rolledBack') return states[swap.state];
  return states[endOf(swap)];
}

/** What kind of end a move came to that was rolled back: after the switch, while copying, or before it began. */
export function endOf({ history }: Pick<Swap, 'history'>): 'rolledBack' | 'aborted' | 'discarded' {
  if (history.some(({ state }) => state === 'switched')) return 'rolledBack';
  return history.some(({ state }) => state === 'copying') ? 'aborted' : 'discarded';
}
