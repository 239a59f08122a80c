import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { api } from '../../../state/api.ts';
import { onEvents } from '../../../state/live.ts';
import { announce } from '../../../state/notices.ts';
import { texts } from '../../../text/text.ts';
import { bindingsOf, functions, groups, plugins } from '../data.ts';
import { functionCrumbs } from '../functions/function-crumbs.ts';
import { functionWords } from '../functions/function-words.ts';
import { inScopeOrder, scopeName } from '../functions/scopes.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Poll } from '../poll.ts';
import { Resource } from '../resource.ts';
import { theFunction } from '../vocabulary.ts';
import { isRunning } from './estimate.ts';
import './move-actions.ts';
import { consent, moveChanges } from './move-changes.ts';
import { moveHistory } from './move-history.ts';
import { moveOutcome } from './move-outcome.ts';
import { moveNumbers } from './move-numbers.ts';
import { type Counts, moveParties } from './move-parties.ts';
import { moveProgress } from './move-progress.ts';
import { moveRecords } from './move-records.ts';
import { moveSteps } from './move-steps.ts';
import { outcomeOf } from './move-words.ts';

const words = texts({
  sv: {
    lead: 'Alla arbetar som vanligt medan innehållet kopieras. Skrivningar väntar en kort stund vid bytet; ingen behöver ladda om.',
    records: 'Innehållet',
    history: 'Vad som har hänt',
    whose: (scopes: string) => `Flytten gäller: ${scopes}.`,
  },
  en: {
    lead: 'Everybody works as usual while the contents are copied. Writes wait a moment at the switch; nobody needs to reload.',
    records: 'The contents',
    history: 'What has happened',
    whose: (scopes: string) => `The move concerns: ${scopes}.`,
  },
});

const FAST = 700; // ms
const SLOW = 4_000; // ms

/** One move, from its plan to its end. It goes on without this page; whoever comes back finds it where it is. */
@customElement('vf-move-page')
export class MovePageElement extends PageElement {
  @property() swap = '';
  @state() private agreed = false;
  @state() private consentWrong = false;
  @state() private counts: Counts = {};
  private readonly move = new Resource(() => api.swaps.get.query({ id: this.swap }));
  #state: Swap['state'] | undefined;
  #off: (() => void) | undefined;
  readonly poll = new Poll(
    this,
    () => (this.move.value && isRunning(this.move.value) ? FAST : SLOW),
    () => this.move.refresh(),
  );

  override connectedCallback(): void {
    super.connectedCallback();
    void functions.refresh();
    void plugins.refresh();
    void groups.refresh();
    this.#off = onEvents({ 'swap.progressed': ({ swap }) => swap === this.swap && this.poll.now() });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#off?.();
  }

  protected override get heading(): string {
    const { value } = this.move;
    return value ? functionWords.value.move(theFunction(value.capability)) : pageName('moves');
  }

  override render(): TemplateResult {
    const { value } = this.move;
    const crumbs = value ? functionCrumbs(value.capability) : ([[paths.moves, pageName('moves')]] as const);
    return html`${pageHead({ title: this.heading, lead: words.value.lead, crumbs })}
    ${whenRead(this.move, (swap) => this.body(swap))}`;
  }

  private body(swap: Swap): TemplateResult {
    const mustAgree = swap.state === 'planned' && swap.plan.needsConsent;
    return html`${moveSteps(swap)} ${moveParties(swap, this.counts)} ${whose(swap)} ${moveOutcome(swap)}
      ${moveProgress(swap)} ${moveNumbers(swap)} ${swap.state === 'planned' ? moveChanges(swap) : nothing}
      <section>
        <h2 class="visually-hidden">${words.value.records}</h2>
        ${moveRecords(swap)}
      </section>
      ${mustAgree ? consent(this.consentWrong, this.tick) : nothing}
      <vf-move-actions
        .swap=${swap}
        .mayBegin=${this.mayBegin}
        .agreed=${this.agreed}
        @vf-moved=${() => this.poll.now()}
      ></vf-move-actions>
      ${
        swap.state === 'planned'
          ? nothing
          : html`<details class="more">
              <summary>${words.value.history}</summary>
              ${moveChanges(swap)} ${moveHistory(swap)}
            </details>`
      }`;
  }

  protected override updated(): void {
    super.updated();
    const swap = this.move.value;
    if (!swap || swap.state === this.#state) return;
    const first = this.#state === undefined;
    this.#state = swap.state;
    if (!first) announce(outcomeOf(swap));
    void this.count(swap);
  }

  /** What each of the two holds, read anew in each state, for it changes little within one. */
  private async count({ from, to }: Swap): Promise<void> {
    const held = async (instance: string) =>
      [instance, await api.functions.counts.query({ instance }).catch(() => undefined)] as const;
    this.counts = Object.fromEntries(await Promise.all([held(from), held(to)]));
  }

  private readonly tick = (event: Event): void => {
    this.agreed = (event.target as HTMLInputElement).checked;
    this.consentWrong = false;
  };

  /** Whether it may begin; where the operator has yet to agree they are told so. */
  private readonly mayBegin = (): boolean => {
    if (this.agreed || !this.move.value?.plan.needsConsent || this.move.value.state !== 'planned') return true;
    this.consentWrong = true;
    this.querySelector<HTMLElement>('#consent')?.focus();
    return false;
  };
}

/** Whom a planned move concerns: everybody whom the provider serves that is moved from. */
function whose({ state, capability, from }: Swap): TemplateResult | typeof nothing {
  const fn = functions.value?.find(({ id }) => id === capability);
  const scopes = fn ? inScopeOrder(bindingsOf(fn, from)).map(({ scope }) => scopeName(scope, groups.value)) : [];
  if (state !== 'planned' || scopes.length === 0) return nothing;
  return html`<p class="whose">${words.value.whose(scopes.join(', '))}</p>`;
}
