import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { go } from '../../../router.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { text, texts } from '../../../text/text.ts';
import {
  bindingsOf,
  functions,
  type FunctionView,
  plugins,
  providerTitle,
  type ProviderView,
  servingOf,
} from '../data.ts';
import { functionCrumbs } from '../functions/function-crumbs.ts';
import { functionWords } from '../functions/function-words.ts';
import { versionOf } from '../functions/provider-table.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, failureAlert, healthMark, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { theFunction } from '../vocabulary.ts';

const words = texts({
  sv: {
    lead: 'Välj vart den ska. Sedan räknas en plan ut, med ett prov på vad den nya leverantören tar emot. Inget flyttas innan du har läst planen och startat.',
    from: 'Från',
    to: 'Till',
    plan: 'Räkna ut planen',
    planning: 'Räknar och provar …',
    choose: 'Välj en leverantör.',
    noOther: 'Det finns ingen annan leverantör att flytta till',
    noOtherHint: 'Lägg till en, så kan du flytta dit den.',
    notRunning: 'En av leverantörerna går inte. Se efter på dess sida vad som är fel.',
    nobody: 'Ingen sköter funktionen än',
    nobodyHint: 'Välj först vem som ska sköta den.',
  },
  en: {
    lead: 'Choose where it is to go. Then a plan is worked out, with a trial of what the new provider takes in. Nothing is moved before you have read the plan and begun.',
    from: 'From',
    to: 'To',
    plan: 'Work out the plan',
    planning: 'Counting and trying …',
    choose: 'Choose a provider.',
    noOther: 'There is no other provider to move to',
    noOtherHint: 'Add one, and you can move it there.',
    notRunning: 'One of the providers does not run. See on its page what is wrong.',
    nobody: 'Nobody serves the function yet',
    nobodyHint: 'First choose who is to serve it.',
  },
});

/** Chooses whence and where a function is to be moved, and has the plan worked out. */
@customElement('vf-new-move-page')
export class NewMovePageElement extends PageElement {
  @property() capability = '';
  @property({ attribute: false }) query: Readonly<Record<string, string>> = {};
  @state() private from: string | undefined;
  @state() private to: string | undefined;
  @state() private wrong = false;
  @state() private busy = false;
  @state() private failure: Failure | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.from = this.query['from'];
    this.to = this.query['to'];
    void functions.refresh();
    void plugins.refresh();
  }

  protected override get heading(): string {
    return functionWords.value.move(theFunction(this.capability));
  }

  override render(): TemplateResult {
    const crumbs = functionCrumbs(this.capability);
    return html`${pageHead({ title: this.heading, lead: words.value.lead, crumbs })}
    ${whenRead(functions, (all) => {
      const fn = all.find(({ id }) => id === this.capability);
      return fn ? this.body(fn) : emptyPlace(text.value.notFoundTitle, text.value.notFoundHint);
    })}`;
  }

  private body(fn: FunctionView): TemplateResult {
    const serving = fn.instances.filter(({ id }) => bindingsOf(fn, id).length > 0);
    const from = serving.find(({ id }) => id === this.from) ?? servingOf(fn) ?? serving[0];
    if (!from) return emptyPlace(words.value.nobody, words.value.nobodyHint, this.back());
    const others = fn.instances.filter(({ id }) => id !== from.id);
    if (others.length === 0) {
      const add = html`<a class="btn primary" href=${paths.addProvider(fn.id)}>${functionWords.value.add}</a>`;
      return emptyPlace(words.value.noOther, words.value.noOtherHint, add);
    }
    const to = others.find(({ id }) => id === this.to)?.id ?? (others.length === 1 ? others[0]!.id : undefined);
    return html`<form class="sheet" novalidate @submit=${(event: SubmitEvent) => this.plan(event, from.id, to)}>
      ${this.choice({ name: 'from', title: words.value.from, options: serving, chosen: from.id })}
      ${this.choice({ name: 'to', title: words.value.to, options: others, chosen: to })}
      ${failureAlert(this.failure, { NOT_FOUND: words.value.notRunning })}
      <footer>
        <button class="btn primary" ?disabled=${this.busy}>
          ${this.busy ? words.value.planning : words.value.plan}
        </button>
        ${this.back()}
      </footer>
      ${this.busy ? html`<progress aria-label=${words.value.planning}></progress>` : nothing}
    </form>`;
  }

  private back(): TemplateResult {
    return html`<a class="btn" href=${paths.function(this.capability)}>${text.value.cancel}</a>`;
  }

  private choice(given: {
    readonly name: 'from' | 'to';
    readonly title: string;
    readonly options: readonly ProviderView[];
    readonly chosen: string | undefined;
  }): TemplateResult {
    const { name, title, options, chosen } = given;
    const wrong = name === 'to' && this.wrong && !chosen;
    return html`<fieldset class="picks" aria-describedby=${wrong ? 'to-wrong' : nothing}>
      <legend>${title}</legend>
      ${options.map(
        (provider) =>
          html`<label class="pick">
            <input
              type="radio"
              name=${name}
              value=${provider.id}
              aria-invalid=${wrong ? 'true' : nothing}
              .checked=${provider.id === chosen}
              @change=${() => (this[name] = provider.id)}
            />
            <span
              ><strong>${providerTitle(provider)}</strong><small>${provider.id} · ${versionOf(provider)}</small></span
            >
            ${healthMark(provider.health)}
          </label>`,
      )}
      ${wrong ? html`<p class="wrong" id="to-wrong" role="alert">${words.value.choose}</p>` : nothing}
    </fieldset>`;
  }

  private async plan(event: SubmitEvent, from: string, to: string | undefined): Promise<void> {
    event.preventDefault();
    this.wrong = to === undefined;
    if (to === undefined) return void this.querySelector<HTMLElement>('input[name=to]')?.focus();
    this.busy = true;
    this.failure = undefined;
    try {
      const { id } = await api.swaps.plan.mutate({ capability: this.capability, from, to });
      go(paths.move(id));
    } catch (error) {
      this.failure = failureOf(error);
    } finally {
      this.busy = false;
    }
  }
}
