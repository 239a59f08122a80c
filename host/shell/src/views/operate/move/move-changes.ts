import type { FeatureChange, Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../../../components/icon.ts';
import { numberOf } from '../../../format/numbers.ts';
import { texts } from '../../../text/text.ts';
import { callout } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { featureName, recordName, theFunction } from '../vocabulary.ts';
import { gathered } from './estimate.ts';

const words = texts({
  sv: {
    people: (the: string) => `Det som ändras för dem som använder ${the}`,
    same: 'Inget. Allt de kan göra i dag kan de göra efteråt.',
    gained: 'tillkommer',
    lost: 'försvinner; knapparna döljs, och det som finns sparas vid sidan om',
    changed: 'ändras något',
    losses: 'Det här går förlorat',
    lossesHint: (n: string) =>
      `Så sade den nya leverantören om ett prov på ${n} poster. Finns det fler av samma slag drabbas de också.`,
    refused: 'Det här tar den nya leverantören inte emot',
    consumers: 'Det här slutar fungera',
    needs: (plugin: string, feature: string) => `${plugin} behöver ”${feature}”, som försvinner.`,
    times: (n: string, kind: string) => `${kind}, ${n} i provet`,
    example: (key: string) => `Till exempel ${key}`,
    consent: 'Jag har läst vad som går förlorat eller slutar fungera, och godkänner det.',
    needed: 'Läs igenom och kryssa i rutan för att kunna börja.',
  },
  en: {
    people: (the: string) => `What changes for those who use ${the}`,
    same: 'Nothing. All that they can do today they can do afterwards.',
    gained: 'is added',
    lost: 'goes away; its buttons are hidden, and what there is of it is kept aside',
    changed: 'changes a little',
    losses: 'This is lost',
    lossesHint: (n: string) =>
      `So said the new provider of a trial of ${n} records. If there are more like them, they are affected too.`,
    refused: 'This the new provider refuses',
    consumers: 'This stops working',
    needs: (plugin: string, feature: string) => `${plugin} needs “${feature}”, which goes away.`,
    times: (n: string, kind: string) => `${kind}, ${n} in the trial`,
    example: (key: string) => `For example ${key}`,
    consent: 'I have read what is lost or stops working, and agree to it.',
    needed: 'Read it through and tick the box to be able to begin.',
  },
});

const marks: Readonly<Record<Exclude<FeatureChange['change'], 'same'>, IconName>> = {
  gained: 'plus',
  lost: 'close',
  changed: 'edit',
};

/** What a move changes for people: what they can do afterwards, what is lost, what stops working. */
export function moveChanges({ plan, capability }: Swap): TemplateResult {
  const { features, losses, rejections, consumers } = plan;
  const changes = features.filter(({ change }) => change !== 'same');
  return html`<section class="changes">
    <h2>${words.value.people(theFunction(capability))}</h2>
    ${
      changes.length === 0
        ? html`<p class="quiet">${icon('check')} ${words.value.same}</p>`
        : html`<ul>
            ${changes.map(featureLine)}
          </ul>`
    }
    ${losses.length > 0 ? lossList(words.value.losses, losses, words.value.lossesHint(numberOf(plan.sampled))) : nothing}
    ${rejections.length > 0 ? lossList(words.value.refused, rejections) : nothing}
    ${
      consumers.length > 0
        ? html`<h3>${words.value.consumers}</h3>
            <ul>
              ${consumers.map(
                ({ plugin, feature }) =>
                  html`<li class="lost">
                    ${icon('warning')}<a href=${paths.plugin(plugin)}
                      >${words.value.needs(plugin, featureName(feature))}</a
                    >
                  </li>`,
              )}
            </ul>`
        : nothing
    }
  </section>`;
}

function featureLine({ name, change }: FeatureChange): TemplateResult {
  if (change === 'same') return html``;
  return html`<li class=${change}>
    ${icon(marks[change])}<span><strong>${featureName(name)}</strong> ${words.value[change]}</span>
  </li>`;
}

function lossList(title: string, each: Parameters<typeof gathered>[0], hint?: string): TemplateResult {
  return html`<h3>${title}</h3>
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
    <ul>
      ${gathered(each).map(
        ({ type, message, count, example }) =>
          html`<li class="lost">
            ${icon('warning')}<span
              ><strong>${words.value.times(numberOf(count), recordName(type))}</strong>: ${message}
              <small>${words.value.example(example)}</small></span
            >
          </li>`,
      )}
    </ul>`;
}

/** The box to tick where something would be lost. */
export function consent(wrong: boolean, change: (event: Event) => void): TemplateResult {
  const box = html`<label class="check">
      <input
        type="checkbox"
        id="consent"
        aria-invalid=${wrong ? 'true' : 'false'}
        aria-describedby=${wrong ? 'consent-wrong' : nothing}
        @change=${change}
      />
      <span>${words.value.consent}</span>
    </label>
    ${wrong ? html`<p class="wrong" id="consent-wrong" role="alert">${words.value.needed}</p>` : nothing}`;
  return callout('warn', 'warning', box);
}
