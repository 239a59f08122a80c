import { html, nothing, type TemplateResult } from 'lit';
import { avatar } from '../../components/avatar.ts';
import { nameOf } from '../../state/people.ts';
import { words } from './words.ts';

/** How many are shown; all are named. */
const SHOWN = 3;

/** Those who have a file open, beside its name. */
export function editingPeople(people: readonly string[]): TemplateResult | typeof nothing {
  if (people.length === 0) return nothing;
  const said = words.value.editing(people.map(nameOf).join(', '));
  return html`<span class="editing" title=${said}>
    ${people.slice(0, SHOWN).map((person) => avatar(person, 's'))}<span class="visually-hidden">, ${said}</span>
  </span>`;
}
