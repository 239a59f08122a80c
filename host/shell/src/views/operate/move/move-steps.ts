import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../../components/icon.ts';
import { texts } from '../../../text/text.ts';
import { daysOfObserving, STEPS, type Step, stepOf } from './estimate.ts';
import { moveWords } from './move-words.ts';

const USUAL_DAYS = 14;
const words = texts({
  sv: {
    steps: 'Steg i flytten',
    days: (n: number) => `Bevakar ${n} dagar`,
    done: 'klart',
    stopped: 'här stannade det',
    nth: (n: number, of: number, name: string) => `Steg ${n} av ${of}: ${name}`,
  },
  en: {
    steps: 'Steps of the move',
    days: (n: number) => `Observe ${n} days`,
    done: 'done',
    stopped: 'it stopped here',
    nth: (n: number, of: number, name: string) => `Step ${n} of ${of}: ${name}`,
  },
});

function nameOf(step: Step, swap: Swap): string {
  if (step !== 'observing') return moveWords.value.steps[step]!;
  const { retired, rollingBack, rolledBack } = moveWords.value.states;
  const ended = { retired, rollingBack, rolledBack }[swap.state as string];
  if (ended) return ended;
  const days = daysOfObserving(swap) ?? USUAL_DAYS;
  return days > 0 ? words.value.days(days) : moveWords.value.steps['observing']!;
}

/** The steps of a move, and how far it has come. */
export function moveSteps(swap: Swap): TemplateResult {
  const at = STEPS.indexOf(stepOf(swap));
  const over = swap.state === 'rolledBack' || swap.state === 'retired';
  const bad = swap.state === 'stopped';
  const step = (name: Step, i: number) => {
    const done = i < at || (i === at && over && name === 'observing');
    const kind = done ? 'done' : i === at ? (bad ? 'bad' : 'now') : 'ahead';
    const said = done ? words.value.done : kind === 'bad' ? words.value.stopped : '';
    return html`<li class=${kind} aria-current=${kind === 'now' && !over ? 'step' : nothing}>
      <span class="name">${done ? icon('check') : nothing}${nameOf(name, swap)}</span>
      ${said ? html`<span class="visually-hidden">, ${said}</span>` : nothing}
    </li>`;
  };
  return html`<ol class="steps ${over ? 'over' : ''}" aria-label=${words.value.steps}>
      ${STEPS.map(step)}
    </ol>
    <p class="steps-short" aria-hidden="true">${words.value.nth(at + 1, STEPS.length, nameOf(STEPS[at]!, swap))}</p>`;
}
