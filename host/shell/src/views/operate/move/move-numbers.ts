import type { Swap } from '@valfri/core';
import { html, type TemplateResult } from 'lit';
import { durationOf, numberOf } from '../../../format/numbers.ts';
import { texts } from '../../../text/text.ts';
import { comparedIn, extentOf, handedOver, missing } from './estimate.ts';

const words = texts({
  sv: {
    toMove: 'poster att flytta',
    moved: 'poster överförda',
    allMoved: 'poster flyttade',
    perSecond: 'poster i sekunden',
    took: 'från start till byte',
    expected: 'väntan vid bytet, beräknad',
    waited: 'väntan vid bytet, uppmätt',
    waitedBack: 'väntan vid återgången, uppmätt',
    compared: 'poster jämförda vid återgången',
    lossesTried: (n: string) => `förlorar något, i ett prov på ${n}`,
    different: 'saknas eller skiljer sig',
    broken: 'insticksprogram slutar fungera',
  },
  en: {
    toMove: 'records to move',
    moved: 'records handed over',
    allMoved: 'records moved',
    perSecond: 'records a second',
    took: 'from start to switch',
    expected: 'wait at the switch, expected',
    waited: 'wait at the switch, measured',
    waitedBack: 'wait on the way back, measured',
    compared: 'records compared on the way back',
    lossesTried: (n: string) => `lose something, in a trial of ${n}`,
    different: 'missing or different',
    broken: 'plugins stop working',
  },
});

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
  const back = swap.state === 'rolledBack';
  const tried = plan.losses.length + plan.rejections.length;
  const losses: Figure = [numberOf(tried), words.value.lossesTried(numberOf(plan.sampled)), tried > 0 ? 'bad' : 'good'];
  const pause: Figure =
    pauseMs === undefined
      ? [`≈ ${durationOf(plan.expectedPauseMs)}`, words.value.expected]
      : [durationOf(pauseMs), back ? words.value.waitedBack : words.value.waited];
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
    [numberOf(comparedIn(swap)), back ? words.value.compared : words.value.allMoved],
    [durationOf(timeTaken(swap)), words.value.took],
    pause,
    last,
  ];
}

function timeTaken({ history }: Swap): number {
  const began = history.find(({ state }) => state === 'preparing')?.at ?? 0;
  const ended = history.findLast(({ state }) => state === 'switched')?.at ?? began;
  return ended - began;
}
