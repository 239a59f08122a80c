import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { numberOf } from '../../../format/numbers.ts';
import { texts } from '../../../text/text.ts';
import { extentOf, isPaused, isRunning } from './estimate.ts';

const words = texts({
  sv: {
    of: (done: string, total: string) => `${done} av ${total} poster`,
    left: {
      soon: 'mindre än en halv minut kvar',
      minutes: (n: number) => `ungefär ${n} min kvar`,
      hours: (n: string) => `ungefär ${n} h kvar`,
    },
    paused: 'Pausad. Den går vidare där den är när du fortsätter.',
    round: (n: number) => `Hämtar ikapp det som skrivits under tiden, omgång ${n}`,
    leave: 'Du kan lämna sidan; du får en notis när flytten är klar eller behöver dig.',
    going: 'Det som skrivits sedan bytet förs tillbaka. Sedan byts leverantören.',
    progress: 'Flyttens framsteg',
  },
  en: {
    of: (done: string, total: string) => `${done} of ${total} records`,
    left: {
      soon: 'less than half a minute left',
      minutes: (n: number) => `about ${n} min left`,
      hours: (n: string) => `about ${n} h left`,
    },
    paused: 'Paused. It goes on from here when you resume.',
    round: (n: number) => `Catching up with what was written meanwhile, round ${n}`,
    leave: 'You can leave this page; you will be told when the move is done or needs you.',
    going: 'What was written since the switch is brought back. Then the provider is switched.',
    progress: 'Progress of the move',
  },
});

/** How far it has come, while it runs. */
export function moveProgress(swap: Swap): TemplateResult | typeof nothing {
  if (!isRunning(swap) && swap.state !== 'stopped') return nothing;
  const back = swap.state === 'rollingBack';
  const { done, total, fraction, left } = extentOf(swap);
  const short = swap.state === 'catchingUp' && !isPaused(swap) ? words.value.round(swap.progress.rounds + 1) : '';
  const note = isPaused(swap) ? words.value.paused : back ? words.value.going : short;
  return html`<section class="box progress">
    <div class="line">
      <strong>${back ? words.value.going : words.value.of(numberOf(done), numberOf(total))}</strong>
      <span>${left === undefined || isPaused(swap) ? '' : sayLeft(left)}</span>
    </div>
    <progress
      aria-label=${words.value.progress}
      max="100"
      value=${back ? nothing : Math.floor(fraction * 100)}
    ></progress>
    ${note && !back ? html`<p>${note}</p>` : nothing}
    ${swap.state === 'stopped' ? nothing : html`<p>${words.value.leave}</p>`}
  </section>`;
}

function sayLeft(ms: number): string {
  const { soon, minutes, hours } = words.value.left;
  if (ms < 30_000) return soon;
  const n = Math.max(1, Math.round(ms / 60_000));
  return n < 90 ? minutes(n) : hours(numberOf(n / 60));
}
