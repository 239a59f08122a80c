import { html, nothing, type TemplateResult } from 'lit';
import { person } from '../state/people.ts';
import { text } from '../text/text.ts';

/** Stands after the name of a guest. */
export function guestMark(id: string): TemplateResult | typeof nothing {
  return person(id)?.kind === 'guest' ? html` <small class="guest">${text.value.guest}</small>` : nothing;
}
