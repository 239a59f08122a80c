import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { text, texts } from '../../../text/text.ts';
import { functions, type FunctionView, groups, moves, plugins } from '../data.ts';
import { moveList } from '../move/move-list.ts';
import { isUnderWay } from '../move/estimate.ts';
import { PageElement } from '../page-element.ts';
import { callout, emptyPlace, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Poll } from '../poll.ts';
import { functionFirst, functionName, functionSummary, theFunction } from '../vocabulary.ts';
import './bindings.ts';
import { functionCrumbs } from './function-crumbs.ts';
import { functionWords } from './function-words.ts';
import { providerTable } from './provider-table.ts';

const words = texts({
  sv: {
    providers: 'Leverantörer',
    bindings: 'Vem som får vilken leverantör',
    moves: 'Flyttar',
    noMoves: 'Ingen flytt har gjorts än.',
    underWay: (the: string) => `${the} håller på att flyttas.`,
    follow: 'Följ flytten',
    unknown: 'Funktionen finns inte',
    unknownHint: 'Arbetsytan har ingen sådan funktion.',
  },
  en: {
    providers: 'Providers',
    bindings: 'Who gets which provider',
    moves: 'Moves',
    noMoves: 'Nothing has been moved yet.',
    underWay: (the: string) => `${the} is being moved.`,
    follow: 'Follow the move',
    unknown: 'There is no such function',
    unknownHint: 'The workspace has no function of that name.',
  },
});

const CHECK = 20_000; // ms

/** One function: its providers, whom they serve, and its moves. */
@customElement('vf-function-page')
export class FunctionPageElement extends PageElement {
  @property() capability = '';
  readonly poll = new Poll(
    this,
    () => CHECK,
    () => Promise.all([functions, groups, moves, plugins].map((resource) => resource.refresh())),
  );

  protected override get heading(): string {
    return functionName(this.capability);
  }

  override render(): TemplateResult {
    return html`${this.head()}${whenRead(functions, (all) => {
      const fn = all.find(({ id }) => id === this.capability);
      return fn ? this.body(fn) : emptyPlace(words.value.unknown, words.value.unknownHint);
    })}`;
  }

  private head(): TemplateResult {
    const fn = functions.value?.find(({ id }) => id === this.capability);
    const { add, move } = functionWords.value;
    const actions = fn
      ? html`<a class="btn" href=${paths.addProvider(fn.id)}>${icon('plus')} ${add}</a> ${
            fn.bindings.length > 0
              ? html`<a class="btn primary" href=${paths.planMove(fn.id)}
                  >${icon('swap')} ${move(theFunction(fn.id))}</a
                >`
              : nothing
          }`
      : nothing;
    return pageHead({
      title: this.heading,
      lead: fn ? functionSummary(fn.id, fn.summary) : '',
      crumbs: functionCrumbs(),
      actions,
    });
  }

  private body(fn: FunctionView): TemplateResult {
    const own = (moves.value ?? []).filter(({ capability }) => capability === fn.id);
    const running = own.find(isUnderWay);
    const follow = running ? html`<a class="btn" href=${paths.move(running.id)}>${words.value.follow}</a>` : nothing;
    return html`${
        running && running.state !== 'observing'
          ? callout('info', 'swap', html`<p>${words.value.underWay(functionFirst(fn.id))}</p>`, follow)
          : nothing
      }
      <section>
        <h2>${words.value.providers}</h2>
        ${providerTable(fn, groups.value ?? [])}
      </section>
      <section>
        <h2>${words.value.bindings}</h2>
        <vf-bindings .fn=${fn}></vf-bindings>
      </section>
      <section>
        <h2>${words.value.moves}</h2>
        ${moves.value === undefined ? html`<p class="quiet">${text.value.loading}</p>` : moveList(own, words.value.noMoves)}
      </section>`;
  }
}
