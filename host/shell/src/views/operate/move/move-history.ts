import type { Comparison, Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { exactly, sayWhen } from '../../../format/dates.ts';
import { durationOf, numberOf } from '../../../format/numbers.ts';
import { nameOf } from '../../../state/people.ts';
import { texts } from '../../../text/text.ts';
import { recordName } from '../vocabulary.ts';
import { moveWords } from './move-words.ts';

const words = texts({
  sv: {
    took: (time: string) => `tog ${time}`,
    by: (name: string) => `Planerad av ${name}`,
    digests: 'Kontrollsummor vid bytet',
    kind: 'Slag',
    before: 'Före',
    after: 'Efter',
    same: 'Lika',
    result: 'Resultat',
    differs: 'Skiljer sig',
  },
  en: {
    took: (time: string) => `took ${time}`,
    by: (name: string) => `Planned by ${name}`,
    digests: 'Digests at the switch',
    kind: 'Kind',
    before: 'Before',
    after: 'After',
    same: 'Same',
    result: 'Result',
    differs: 'Differs',
  },
});

/** Each state that a move has been in, when, and for how long; and the digests that were compared. */
export function moveHistory({ history, by, verification = [] }: Swap): TemplateResult {
  return html`<ol class="history">
      ${history.map(({ state, at }, i) => {
        const next = history[i + 1]?.at;
        return html`<li>
          <time datetime=${new Date(at).toISOString()} title=${exactly(at)}>${sayWhen(at)}</time>
          <span>${moveWords.value.states[state]}</span>
          <span class="quiet"
            >${next === undefined || state === 'planned' ? '' : words.value.took(durationOf(next - at))}</span
          >
        </li>`;
      })}
    </ol>
    <p class="quiet">${words.value.by(nameOf(by))}</p>
    ${verification.length > 0 ? digests(verification) : nothing}`;
}

function digests(verification: readonly Comparison[]): TemplateResult {
  const sum = ({ count, sum: digest }: Comparison['source']) =>
    html`${numberOf(count)} <code title=${digest}>${digest.slice(0, 12)}</code>`;
  return html`<div class="table-box">
    <table class="stacks">
      <caption>
        ${words.value.digests}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words.value.kind}</th>
          <th scope="col">${words.value.before}</th>
          <th scope="col">${words.value.after}</th>
          <th scope="col">${words.value.result}</th>
        </tr>
      </thead>
      <tbody>
        ${verification.map(
          ({ type, source, target, equal }) =>
            html`<tr>
              <th scope="row">${recordName(type)}</th>
              <td data-label=${words.value.before}>${sum(source)}</td>
              <td data-label=${words.value.after}>${sum(target)}</td>
              <td data-label=${words.value.result} class="check-mark ${equal ? 'good' : 'bad'}">
                ${equal ? words.value.same : words.value.differs}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
