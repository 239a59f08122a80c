import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../../components/icon.ts';
import { texts } from '../../../text/text.ts';
import { findProvider, functions, providerTitle } from '../data.ts';
import { versionOf } from '../functions/provider-table.ts';
import { healthMark, tag } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { saysHowMuch } from '../vocabulary.ts';
import { hasSwitched } from './estimate.ts';

const words = texts({
  sv: { from: 'Från', to: 'Till', serves: 'i drift', gone: 'Finns inte längre' },
  en: { from: 'From', to: 'To', serves: 'in use', gone: 'Is there no more' },
});

/** How much each of the two providers of a move holds; what is not known is absent. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;

/** Who serves now and who is to, side by side. */
export function moveParties(swap: Swap, counts: Counts): TemplateResult {
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
