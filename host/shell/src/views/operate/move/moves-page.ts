import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { texts } from '../../../text/text.ts';
import { functions, moves } from '../data.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Poll } from '../poll.ts';
import { isUnderWay } from './estimate.ts';
import { moveList } from './move-list.ts';

const words = texts({
  sv: {
    lead: 'Varje flytt av en funktion från en leverantör till en annan, med vad som hände.',
    underWay: 'Pågår',
    past: 'Tidigare',
    nonePast: 'Inga än.',
    none: 'Inget har flyttats än',
    noneHint:
      'När du flyttar en funktion till en annan leverantör kan du följa den här, och gå tillbaka till den efteråt.',
    toFunctions: 'Till funktionerna',
  },
  en: {
    lead: 'Each move of a function from one provider to another, and what happened.',
    underWay: 'Under way',
    past: 'Earlier',
    nonePast: 'None yet.',
    none: 'Nothing has been moved yet',
    noneHint: 'When you move a function to another provider you can follow it here, and come back to it afterwards.',
    toFunctions: 'To the functions',
  },
});

const CHECK = 5_000; // ms

/** All moves, those under way first. */
@customElement('vf-moves-page')
export class MovesPageElement extends PageElement {
  readonly poll = new Poll(
    this,
    () => CHECK,
    () => moves.refresh(),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void functions.refresh();
  }

  protected override get heading(): string {
    return pageName('moves');
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading, lead: words.value.lead })}
    ${whenRead(moves, (all) => {
      if (all.length === 0)
        return emptyPlace(
          words.value.none,
          words.value.noneHint,
          html`<a class="btn" href=${paths.functions}>${words.value.toFunctions}</a>`,
        );
      const running = all.filter(isUnderWay);
      return html`${
          running.length > 0
            ? html`<section>
                <h2>${words.value.underWay}</h2>
                ${moveList(running, '')}
              </section>`
            : nothing
        }
        <section>
          <h2>${words.value.past}</h2>
          ${moveList(
            all.filter((swap) => !isUnderWay(swap)),
            words.value.nonePast,
          )}
        </section>`;
    })}`;
  }
}
