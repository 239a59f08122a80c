import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { momentOf } from '../../../format/dates.ts';
import { durationOf, numberOf } from '../../../format/numbers.ts';
import { texts } from '../../../text/text.ts';
import { titleOf } from '../data.ts';
import { callout } from '../page-parts.ts';
import { functionFirst, theFunction } from '../vocabulary.ts';
import { comparedIn } from './estimate.ts';
import { endOf, moveWords } from './move-words.ts';

const words = texts({
  sv: {
    stopped: 'Flytten stannade.',
    safe: (the: string, from: string) => `Inget är förlorat: ${from} sköter ${the} som förut.`,
    answered: (message: string) => `Svaret var: ${message}`,
    done: (the: string, to: string) => `${the} sköts nu av ${to}.`,
    checked: (n: string) => `Alla ${n} poster är jämförda och lika.`,
    waited: (time: string) => `Skrivningar väntade ${time}.`,
    open: (date: string) =>
      `Den förra leverantören hålls uppdaterad, så du kan gå tillbaka fram till ${date} utan att något går förlorat.`,
    follows: 'Vägen tillbaka är inte uppdaterad just nu.',
    followsTodo: 'Valfri försöker igen av sig självt. Se att den förra leverantören fungerar.',
    retired: (to: string) => `Flytten är avslutad. ${to} behölls, och vägen tillbaka är stängd.`,
    rolledBack: (from: string) => `Flytten är återställd. ${from} sköter igen, med allt som skrevs under tiden.`,
    aborted: (from: string) => `Flytten stoppades innan bytet. ${from} sköter som förut.`,
    discarded: 'Planen kastades. Inget har flyttats.',
  },
  en: {
    stopped: 'The move stopped.',
    safe: (the: string, from: string) => `Nothing is lost: ${from} serves ${the} as before.`,
    answered: (message: string) => `The answer was: ${message}`,
    done: (the: string, to: string) => `${the} is now served by ${to}.`,
    checked: (n: string) => `All ${n} records have been compared and are the same.`,
    waited: (time: string) => `Writes waited ${time}.`,
    open: (date: string) =>
      `The previous provider is kept up to date, so you can go back until ${date} without losing anything.`,
    follows: 'The way back is not up to date right now.',
    followsTodo: 'Valfri tries again by itself. See that the previous provider works.',
    retired: (to: string) => `The move is finished. ${to} was kept, and the way back is closed.`,
    rolledBack: (from: string) => `The move is rolled back. ${from} serves again, with all that was written meanwhile.`,
    aborted: (from: string) => `The move was stopped before the switch. ${from} serves as before.`,
    discarded: 'The plan was discarded. Nothing has been moved.',
  },
});

/** What came of a move, or why it stopped and what to do. */
export function moveOutcome(swap: Swap): TemplateResult | typeof nothing {
  const { state } = swap;
  if (state === 'stopped') return stopped(swap);
  if (state === 'switched' || state === 'observing') return done(swap);
  if (state === 'retired') return callout('good', 'check', html`<p>${words.value.retired(titleOf(swap.to))}</p>`);
  if (state !== 'rolledBack') return nothing;
  const end = endOf(swap);
  return callout(
    'info',
    'undo',
    html`<p>${end === 'discarded' ? words.value.discarded : words.value[end](titleOf(swap.from))}</p>`,
  );
}

function stopped({ failure, capability, from }: Swap): TemplateResult {
  const said = failure && moveWords.value.failures[failure.code];
  return callout(
    'bad',
    'warning',
    html`<p><strong>${words.value.stopped}</strong> ${said?.what}</p>
      <p>${words.value.safe(theFunction(capability), titleOf(from))} ${said?.todo}</p>
      ${failure ? html`<p class="detail">${words.value.answered(failure.message)}</p>` : nothing}`,
  );
}

function done(swap: Swap): TemplateResult {
  const { capability, to, pauseMs, observeUntil, failure } = swap;
  const compared = swap.verification ? words.value.checked(numberOf(comparedIn(swap))) : '';
  const waited = pauseMs === undefined ? '' : words.value.waited(durationOf(pauseMs));
  return html`${callout(
    'good',
    'check',
    html`<p><strong>${words.value.done(functionFirst(capability), titleOf(to))}</strong> ${compared} ${waited}</p>
      ${observeUntil === undefined ? nothing : html`<p>${words.value.open(momentOf(observeUntil))}</p>`}`,
  )}
  ${
    failure
      ? callout(
          'warn',
          'warning',
          html`<p><strong>${words.value.follows}</strong> ${words.value.followsTodo}</p>
            <p class="detail">${words.value.answered(failure.message)}</p>`,
        )
      : nothing
  }`;
}
