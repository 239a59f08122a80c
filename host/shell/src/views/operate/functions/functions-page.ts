import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { texts } from '../../../text/text.ts';
import { functions, type FunctionView, providerTitle, servingOf } from '../data.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, healthMark, pageHead, tag, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Poll } from '../poll.ts';
import { functionName, functionSummary } from '../vocabulary.ts';
import { functionWords } from './function-words.ts';

const words = texts({
  sv: {
    lead: 'Det som människor gör här, och vem som sköter det. Varje funktion kan flyttas till en annan leverantör medan alla arbetar.',
    none: 'Inga funktioner',
    noneHint: 'Arbetsytan är satt samman utan någon funktion. Lägg till ett insticksprogram i sammansättningen.',
  },
  en: {
    lead: 'What people do here, and who takes care of it. Each function can be moved to another provider while everybody works.',
    none: 'No functions',
    noneHint: 'The workspace is composed without any function. Add a plugin to the composition.',
  },
});

const CHECK = 20_000; // ms

/** Every function, and who serves it. */
@customElement('vf-functions-page')
export class FunctionsPageElement extends PageElement {
  readonly poll = new Poll(
    this,
    () => CHECK,
    () => functions.refresh(),
  );

  protected override get heading(): string {
    return pageName('functions');
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading, lead: words.value.lead })}
    ${whenRead(functions, (all) =>
      all.length === 0
        ? emptyPlace(words.value.none, words.value.noneHint)
        : html`<ul class="cards">
            ${all.map(card)}
          </ul>`,
    )}`;
  }
}

function card(fn: FunctionView): TemplateResult {
  const serving = servingOf(fn);
  return html`<li class="box link-box">
    <div class="line">
      <h2><a href=${paths.function(fn.id)}>${functionName(fn.id)}</a></h2>
      ${serving ? healthMark(serving.health) : tag(functionWords.value.unserved, 'bad')}
    </div>
    <p>${functionSummary(fn.id, fn.summary)}</p>
    <p class="quiet">
      ${serving ? functionWords.value.servedBy(providerTitle(serving)) : functionWords.value.nobody} ·
      ${functionWords.value.providerCount(fn.instances.length)}
    </p>
    ${
      serving && !serving.health.ok && serving.health.message
        ? html`<p class="why">${icon('warning')} ${serving.health.message}</p>`
        : nothing
    }
  </li>`;
}
