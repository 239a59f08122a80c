import type { Swap } from '@valfri/core';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../../components/element.ts';
import { icon, type IconName } from '../../../components/icon.ts';
import { go } from '../../../router.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { texts } from '../../../text/text.ts';
import { confirm } from '../confirm.ts';
import { functions, titleOf } from '../data.ts';
import { functionWords } from '../functions/function-words.ts';
import { failureAlert } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { theFunction } from '../vocabulary.ts';
import { isPaused } from './estimate.ts';

const words = texts({
  sv: {
    replan: 'Räkna om planen',
    discard: 'Kasta planen',
    pause: 'Pausa',
    resume: 'Fortsätt',
    stop: 'Avbryt och återställ',
    stopTitle: 'Avbryta flytten?',
    stopBody: (from: string) => `${from} fortsätter som förut. Det som hunnit kopieras används inte.`,
    stopVerb: 'Avbryt flytten',
    again: 'Försök igen',
    giveUp: 'Ge upp flytten',
    back: 'Gå tillbaka',
    backTitle: (from: string) => `Gå tillbaka till ${from}?`,
    backBody: 'Allt som skrivits sedan bytet följer med. Skrivningar väntar en kort stund, som vid bytet.',
    keep: (to: string) => `Behåll ${to}`,
    keepTitle: (to: string) => `Behålla ${to} för gott?`,
    keepBody: 'Då stängs vägen tillbaka. Den förra leverantören hålls inte längre uppdaterad och kan tas bort.',
    keepVerb: 'Behåll',
    logged: 'Allt sparas i loggen.',
    another: 'Planera en ny flytt',
    notServing:
      'Leverantören som den skulle flyttas från används inte längre. Gör en ny plan, från den som används nu.',
    other: 'Funktionen flyttas redan. Avsluta den flytten eller gå tillbaka först.',
    overtaken: 'Flytten har hunnit vidare. Läs igen vad som gäller.',
    working: 'Ett ögonblick …',
    actions: 'Vad du kan göra med flytten',
  },
  en: {
    replan: 'Work the plan out anew',
    discard: 'Discard the plan',
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop and restore',
    stopTitle: 'Stop the move?',
    stopBody: (from: string) => `${from} goes on as before. What has been copied so far is not used.`,
    stopVerb: 'Stop the move',
    again: 'Try again',
    giveUp: 'Give the move up',
    back: 'Roll back',
    backTitle: (from: string) => `Go back to ${from}?`,
    backBody: 'All that was written since the switch goes along. Writes wait a moment, as they did at the switch.',
    keep: (to: string) => `Keep ${to}`,
    keepTitle: (to: string) => `Keep ${to} for good?`,
    keepBody: 'The way back is then closed. The previous provider is no longer kept up to date and can be removed.',
    keepVerb: 'Keep',
    logged: 'Everything is kept in the log.',
    another: 'Plan another move',
    notServing:
      'The provider that it was to be moved from is not used any more. Make a new plan, from the one that is.',
    other: 'The function is being moved already. Finish that move or roll it back first.',
    overtaken: 'The move has gone on meanwhile. Read again how it stands.',
    working: 'One moment …',
    actions: 'What you can do with the move',
  },
});

type Wish = Parameters<typeof api.swaps.ask.mutate>[0]['wish'];
interface Action {
  readonly label: string;
  readonly icon?: IconName;
  readonly kind?: 'primary' | 'danger' | '';
  readonly run: () => unknown;
}

/** What an operator can do with a move as it stands. */
@customElement('vf-move-actions')
export class MoveActionsElement extends ShellElement {
  @property({ attribute: false }) swap!: Swap;
  /** Whether a plan may begin, as far as the page is concerned. */
  @property({ attribute: false }) mayBegin: () => boolean = () => true;
  /** Whether the operator has agreed to what is lost. */
  @property({ type: Boolean }) agreed = false;
  @state() private busy = false;
  @state() private failure: Failure | undefined;

  override render(): TemplateResult {
    const { state: now } = this.swap;
    const conflict = now === 'planned' || now === 'stopped' ? words.value.other : words.value.overtaken;
    return html`${failureAlert(this.failure, { CONFLICT: conflict, NOT_SERVING: words.value.notServing })}
      <div class="act-bar" role="group" aria-label=${words.value.actions} tabindex="-1">
        ${this.actions().map(
          ({ label, icon: name, kind = '', run }) =>
            html`<button class="btn ${kind}" ?disabled=${this.busy} @click=${run}>
              ${name ? icon(name) : nothing} ${label}
            </button>`,
        )}
        <p>${this.busy ? words.value.working : words.value.logged}</p>
      </div>`;
  }

  private actions(): readonly Action[] {
    const { state: now, to } = this.swap;
    const { replan, discard, again, giveUp, back, keep, another } = words.value;
    if (now === 'planned')
      return [
        {
          label: functionWords.value.move(theFunction(this.swap.capability)),
          kind: 'primary',
          icon: 'swap',
          run: this.begin,
        },
        { label: replan, run: this.replan },
        { label: discard, run: () => this.ask('rollback') },
      ];
    if (now === 'stopped')
      return [
        { label: again, kind: 'primary', run: this.begin },
        { label: giveUp, run: () => this.ask('rollback') },
      ];
    if (now === 'observing')
      return [
        { label: keep(titleOf(to)), icon: 'check', run: this.keep },
        { label: back, icon: 'undo', run: this.rollBack },
      ];
    if (now === 'retired' || now === 'rolledBack')
      return [{ label: another, run: () => go(paths.planMove(this.swap.capability)) }];
    return now === 'rollingBack' || now === 'switched' ? [] : this.underWay();
  }

  private underWay(): readonly Action[] {
    const { pause, resume, stop } = words.value;
    const hold: Action = isPaused(this.swap)
      ? { label: resume, icon: 'play', run: () => this.ask(null) }
      : { label: pause, icon: 'pause', run: () => this.ask('pause') };
    return [hold, { label: stop, icon: 'undo', run: this.stop }];
  }

  private readonly begin = (): void => {
    if (!this.mayBegin()) return;
    const { id, state: now, plan } = this.swap;
    // Whoever tries again has agreed before.
    const acceptLoss = this.agreed || (now === 'stopped' && plan.needsConsent);
    void this.attempt(() => api.swaps.begin.mutate({ id, acceptLoss }));
  };

  private readonly replan = (): void => {
    const { id, capability, from, to } = this.swap;
    void this.attempt(async () => {
      const plan = await api.swaps.plan.mutate({ capability, from, to });
      await api.swaps.ask.mutate({ id, wish: 'rollback' });
      go(paths.move(plan.id), { replace: true });
    });
  };

  private readonly stop = async (): Promise<void> => {
    const { stopTitle, stopBody, stopVerb } = words.value;
    if (await confirm({ title: stopTitle, body: stopBody(titleOf(this.swap.from)), verb: stopVerb, danger: true }))
      this.ask('rollback');
  };

  private readonly rollBack = async (): Promise<void> => {
    const { backTitle, backBody, back } = words.value;
    if (await confirm({ title: backTitle(titleOf(this.swap.from)), body: backBody, verb: back })) this.ask('rollback');
  };

  private readonly keep = async (): Promise<void> => {
    const { keepTitle, keepBody, keepVerb } = words.value;
    if (await confirm({ title: keepTitle(titleOf(this.swap.to)), body: keepBody, verb: keepVerb })) this.ask('retire');
  };

  private ask(wish: Wish): void {
    void this.attempt(() => api.swaps.ask.mutate({ id: this.swap.id, wish }));
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.failure = undefined;
    try {
      await work();
      void functions.refresh();
    } catch (error) {
      this.failure = failureOf(error);
    }
    this.busy = false;
    this.dispatchEvent(new CustomEvent('vf-moved', { bubbles: true }));
    await this.updateComplete;
    this.keepFocus();
  }

  /** The button that was pressed may be gone: then the focus stays among what can be done next. */
  private keepFocus(): void {
    const bar = this.querySelector<HTMLElement>('.act-bar');
    if (document.activeElement === document.body) bar?.focus({ preventScroll: true });
  }
}
