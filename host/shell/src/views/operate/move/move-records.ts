import type { Comparison, RecordFate, Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../../components/icon.ts';
import { numberOf } from '../../../format/numbers.ts';
import { texts } from '../../../text/text.ts';
import { titleOf } from '../data.ts';
import { recordName } from '../vocabulary.ts';
import { handedOverOf } from './estimate.ts';

const words = texts({
  sv: {
    caption: 'Vad som följer med, slag för slag',
    kind: 'Slag',
    count: 'Antal i planen',
    moved: 'Överfört',
    fate: 'Följer med',
    check: 'Kontroll',
    checkBack: 'Kontroll vid återgången',
    changes: (n: string, one: boolean) => `+ ${n} ${one ? 'ändring' : 'ändringar'}`,
    counted:
      'Det som skrivs efter planen kommer till, och det som ändras förs över en gång till: det är ändringarna i kolumnen Överfört.',
    comment: 'Kommentar',
    fates: { moves: 'Allt', aside: 'Sparas vid sidan om', stays: 'Ligger kvar' },
    same: (n: string) => `Lika: ${n}`,
    differs: (a: string, b: string) => `Skiljer sig: ${a} före, ${b} efter`,
    unchecked: 'Inte än',
    notNeeded: 'Behövs inte',
    none: (kinds: string) => `Finns inga av: ${kinds}.`,
    aside: (to: string) => `${to} kan inte hålla dem. Valfri sparar dem och lämnar dem vidare vid nästa flytt.`,
    stays: 'Ägs av Valfri, oberoende av leverantör',
    comments: {
      room: 'Namn, ämne och länkar behålls',
      member: 'Roller och tider behålls',
      message: 'Ursprunglig tid och avsändare behålls',
      tombstone: 'Syns även efteråt som borttagna',
    } as Readonly<Record<string, string>>,
  },
  en: {
    caption: 'What goes along, kind by kind',
    kind: 'Kind',
    count: 'Number in the plan',
    moved: 'Handed over',
    fate: 'Goes along',
    check: 'Check',
    checkBack: 'Check on the way back',
    changes: (n: string, one: boolean) => `+ ${n} ${one ? 'change' : 'changes'}`,
    counted:
      'What is written after the plan is added, and what is changed is handed over once more: those are the changes in the column Handed over.',
    comment: 'Comment',
    fates: { moves: 'All', aside: 'Kept aside', stays: 'Stays' },
    same: (n: string) => `Same: ${n}`,
    differs: (a: string, b: string) => `Differs: ${a} before, ${b} after`,
    unchecked: 'Not yet',
    notNeeded: 'Not needed',
    none: (kinds: string) => `There are none of: ${kinds}.`,
    aside: (to: string) => `${to} cannot hold them. Valfri keeps them and hands them on at the next move.`,
    stays: 'Owned by Valfri, whoever provides',
    comments: {
      room: 'Names, topics and links are kept',
      member: 'Roles and times are kept',
      message: 'Original time and author are kept',
      tombstone: 'Are seen to have been deleted afterwards too',
    } as Readonly<Record<string, string>>,
  },
});

/** What becomes of each kind of record, how far that has come, and what the comparison at the end said. */
export function moveRecords(swap: Swap): TemplateResult {
  const { plan, verification, state } = swap;
  const shown = plan.records.filter(({ type, count }) => count > 0 || isCompared(swap, type));
  const empty = plan.records.filter((each) => !shown.includes(each)).map(({ type }) => recordName(type));
  const [started, checked] = [state !== 'planned', verification !== undefined];
  return html`<div class="table-box">
    <table class="stacks">
      <caption class="visually-hidden">
        ${words.value.caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words.value.kind}</th>
          <th scope="col" class="n">${words.value.count}</th>
          ${started ? html`<th scope="col" class="n">${words.value.moved}</th>` : nothing}
          <th scope="col">${words.value.fate}</th>
          ${checked ? html`<th scope="col">${checkName(swap)}</th>` : nothing}
          <th scope="col">${words.value.comment}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((record) => row(swap, record))}
      </tbody>
    </table>
    ${started ? html`<p class="foot">${words.value.counted}</p>` : nothing}
    ${empty.length > 0 ? html`<p class="foot">${words.value.none(empty.join(', '))}</p>` : nothing}
  </div>`;
}

/** Whether there was something of a kind to compare at the switch, though perhaps not yet when it was planned. */
function isCompared(swap: Swap, type: string): boolean {
  const { source, equal } = comparisonOf(swap, type) ?? {};
  return source !== undefined && (source.count > 0 || !equal);
}

/** Of which switch the comparison is: the last one. */
function checkName({ state }: Swap): string {
  return state === 'rolledBack' ? words.value.checkBack : words.value.check;
}

function handedOver(swap: Swap, type: string): string {
  const { once, again } = handedOverOf(swap, type);
  return again === 0 ? numberOf(once) : `${numberOf(once)} ${words.value.changes(numberOf(again), again === 1)}`;
}

function row(swap: Swap, { type, count, fate }: RecordFate): TemplateResult {
  const { state, verification, to } = swap;
  const comment =
    fate === 'aside'
      ? words.value.aside(titleOf(to))
      : fate === 'stays'
        ? words.value.stays
        : (words.value.comments[type] ?? '');
  return html`<tr>
    <th scope="row">${recordName(type)}</th>
    <td class="n" data-label=${words.value.count}>${numberOf(count)}</td>
    ${state === 'planned' ? nothing : html`<td class="n" data-label=${words.value.moved}>${fate === 'stays' ? '–' : handedOver(swap, type)}</td>`}
    <td data-label=${words.value.fate} class="fate ${fate}">${words.value.fates[fate]}</td>
    ${verification ? html`<td data-label=${checkName(swap)}>${check(fate, comparisonOf(swap, type))}</td>` : nothing}
    <td data-label=${comment ? words.value.comment : nothing} class="comment">${comment}</td>
  </tr>`;
}

function comparisonOf({ verification }: Swap, type: string): Comparison | undefined {
  return verification?.find((each) => each.type === type);
}

function check(fate: RecordFate['fate'], compared: Comparison | undefined): TemplateResult | string {
  if (!compared) return fate === 'stays' ? words.value.notNeeded : words.value.unchecked;
  const { source, target, equal } = compared;
  return equal
    ? html`<span class="check-mark good">${icon('check')} ${words.value.same(numberOf(source.count))}</span>`
    : html`<span class="check-mark bad">
        ${icon('warning')} ${words.value.differs(numberOf(source.count), numberOf(target.count))}
      </span>`;
}
