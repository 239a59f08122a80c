import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../../components/icon.ts';
import { durationOf, numberOf } from '../../../format/numbers.ts';
import { texts } from '../../../text/text.ts';
import { findProvider, functions, providerTitle } from '../data.ts';
import { versionOf } from '../functions/provider-table.ts';
import { healthMark, tag } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { saysHowMuch } from '../vocabulary.ts';
import { comparedIn, extentOf, handedOver, hasSwitched, isPaused, isRunning, missing } from './estimate.ts';

const words = texts({
  sv: {
    from: 'Från',
    to: 'Till',
    serves: 'i drift',
    gone: 'Finns inte längre',
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
    toMove: 'poster att flytta',
    moved: 'poster överförda',
    allMoved: 'poster flyttade',
    perSecond: 'poster i sekunden',
    took: 'från start till byte',
    expected: 'väntan vid bytet, beräknad',
    waited: 'väntan vid bytet, uppmätt',
    lossesTried: (n: string) => `förlorar något, i ett prov på ${n}`,
    different: 'saknas eller skiljer sig',
    broken: 'insticksprogram slutar fungera',
  },
  en: {
    from: 'From',
    to: 'To',
    serves: 'in use',
    gone: 'Is there no more',
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
    toMove: 'records to move',
    moved: 'records handed over',
    allMoved: 'records moved',
    perSecond: 'records a second',
    took: 'from start to switch',
    expected: 'wait at the switch, expected',
    waited: 'wait at the switch, measured',
    lossesTried: (n: string) => `lose something, in a trial of ${n}`,
    different: 'missing or different',
    broken: 'plugins stop working',
  },
});

/** How much each of the two providers of a move holds; what is not known is absent. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;

/** Who serves now and who is to, side by side. */
export function fromTo(swap: Swap, counts: Counts): TemplateResult {
  const serving = hasSwitched(swap) || swap.state === 'rollingBack' ? swap.to : swap.from;
  return html`<div class="from-to">
    ${party(words.value.from, swap.from, { serves: serving === swap.from, held: counts[swap.from] })}
    <div class="arrow">${icon('arrow')}</div>
    ${party(words.value.to, swap.to, { serves: serving === swap.to, held: counts[swap.to] })}
  </div>`;
}

function party(
  role: string,
  instance: string,
  { serves, held }: { readonly serves: boolean; readonly held: Readonly<Record<string, number>> | undefined },
): TemplateResult {
  const provider = findProvider(functions.value ?? [], instance)?.provider;
  const about = provider ? [versionOf(provider), held ? saysHowMuch(held) : ''].filter(Boolean).join(' · ') : '';
  return html`<section class="box">
    <p class="role">${role}</p>
    <h2>
      ${provider ? html`<a href=${paths.provider(instance)}>${providerTitle(provider)}</a>` : instance}
      ${serves ? tag(words.value.serves) : nothing}
    </h2>
    <p class="about">${provider ? html`${healthMark(provider.health)} <span>${about}</span>` : words.value.gone}</p>
  </section>`;
}

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

/** The figures that an operator asks for first. */
export function moveNumbers(swap: Swap): TemplateResult {
  return html`<dl class="numbers">
    ${figures(swap).map(
      ([value, label, tone]) =>
        html`<div class="box ${tone ?? ''}">
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

type Figure = readonly [value: string, label: string, tone?: 'good' | 'bad'];

function figures(swap: Swap): readonly Figure[] {
  const { plan, progress, pauseMs, verification } = swap;
  const { total } = extentOf(swap);
  const tried = plan.losses.length + plan.rejections.length;
  const losses: Figure = [numberOf(tried), words.value.lossesTried(numberOf(plan.sampled)), tried > 0 ? 'bad' : 'good'];
  const pause: Figure =
    pauseMs === undefined
      ? [`≈ ${durationOf(plan.expectedPauseMs)}`, words.value.expected]
      : [durationOf(pauseMs), words.value.waited];
  const wrong = missing(swap);
  const compared: Figure = [numberOf(wrong), words.value.different, wrong > 0 ? 'bad' : 'good'];
  if (swap.state === 'planned') {
    const { length: broken } = plan.consumers;
    return [
      [numberOf(total), words.value.toMove],
      pause,
      losses,
      [numberOf(broken), words.value.broken, broken > 0 ? 'bad' : 'good'],
    ];
  }
  const last = verification ? compared : losses;
  if (pauseMs === undefined)
    return [
      [numberOf(handedOver(swap)), words.value.moved],
      [numberOf(progress.recordsPerSecond), words.value.perSecond],
      pause,
      last,
    ];
  return [
    [numberOf(comparedIn(swap)), words.value.allMoved],
    [durationOf(timeTaken(swap)), words.value.took],
    pause,
    last,
  ];
}

function timeTaken({ history }: Swap): number {
  const began = history.find(({ state }) => state === 'preparing')?.at ?? 0;
  const ended = history.findLast(({ state }) => state === 'switched' || state === 'rolledBack')?.at ?? began;
  return ended - began;
}
