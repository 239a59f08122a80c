import { go } from '../../../router.ts';
import { tell } from '../../../state/notices.ts';
import { texts } from '../../../text/text.ts';
import { paths } from '../paths.ts';
import { functionFirst } from '../vocabulary.ts';

const words = texts({
  sv: {
    observing: (the: string) => `${the} har flyttats.`,
    stopped: (the: string) => `${the}: flytten stannade och väntar på dig. Inget är förlorat.`,
    rolledBack: (the: string) => `${the}: flytten är återställd.`,
    show: 'Visa flytten',
  },
  en: {
    observing: (the: string) => `${the} has been moved.`,
    stopped: (the: string) => `${the}: the move stopped and waits for you. Nothing is lost.`,
    rolledBack: (the: string) => `${the}: the move is rolled back.`,
    show: 'Show the move',
  },
});

/** Tells how a move ended, and leads to its page. */
export function tellMove(swap: string, state: 'observing' | 'stopped' | 'rolledBack', capability: string): void {
  tell(words.value[state](functionFirst(capability)), {
    kind: state === 'stopped' ? 'bad' : 'info',
    action: { label: words.value.show, run: () => go(paths.move(swap)) },
  });
}
