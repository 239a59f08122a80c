import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { sayWhen, exactly } from '../../../format/dates.ts';
import { durationOf } from '../../../format/numbers.ts';
import { nameOf } from '../../../state/people.ts';
import { texts } from '../../../text/text.ts';
import { titleOf } from '../data.ts';
import { tag, type Tone } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { functionName } from '../vocabulary.ts';
import { isRunning } from './estimate.ts';
import { endOf, outcomeOf } from './move-words.ts';

const words = texts({
  sv: {
    fromTo: (from: string, to: string) => `${from} till ${to}`,
    by: (name: string) => `av ${name}`,
    paused: (time: string) => `väntan ${time}`,
  },
  en: {
    fromTo: (from: string, to: string) => `${from} to ${to}`,
    by: (name: string) => `by ${name}`,
    paused: (time: string) => `wait ${time}`,
  },
});

function toneOf(swap: Swap): Tone {
  if (swap.state === 'stopped') return 'bad';
  if (swap.state === 'rolledBack') return endOf(swap) === 'rolledBack' ? 'warn' : 'info';
  return isRunning(swap) || swap.state === 'planned' ? 'info' : 'good';
}

/** Moves, each leading to its page; a sentence where there are none. */
export function moveList(moves: readonly Swap[], none: string): TemplateResult {
  if (moves.length === 0) return html`<p class="quiet">${none}</p>`;
  return html`<ul class="rows">
    ${moves.map(
      (swap) =>
        html`<li class="link-box">
          <div>
            <a href=${paths.move(swap.id)}
              >${functionName(swap.capability)}: ${words.value.fromTo(titleOf(swap.from), titleOf(swap.to))}</a
            >
            <p class="quiet">
              <time datetime=${new Date(swap.createdAt).toISOString()} title=${exactly(swap.createdAt)}
                >${sayWhen(swap.createdAt)}</time
              >
              ${words.value.by(nameOf(swap.by))}${swap.pauseMs === undefined ? nothing : html` · ${words.value.paused(durationOf(swap.pauseMs))}`}
            </p>
          </div>
          ${tag(outcomeOf(swap), toneOf(swap))}
        </li>`,
    )}
  </ul>`;
}
