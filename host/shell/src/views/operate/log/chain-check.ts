import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { ShellElement } from '../../../components/element.ts';
import { numberOf } from '../../../format/numbers.ts';
import { icon } from '../../../components/icon.ts';
import { api } from '../../../state/api.ts';
import { texts } from '../../../text/text.ts';
import { explainHere } from '../explain.ts';
import { callout, isToldAbove } from '../page-parts.ts';
import { Resource } from '../resource.ts';

const words = texts({
  sv: {
    checking: 'Kontrollerar att loggen är orörd …',
    sound: (n: string) => `Loggen är orörd: ${n} poster kontrollerade.`,
    broken: (n: string) => `Loggen har ändrats i efterhand. Post ${n} stämmer inte.`,
    todo: 'Stäng inte av servern. Jämför med en säkerhetskopia och ta reda på vem som har haft tillgång till databasen.',
    again: 'Kontrollera igen',
  },
  en: {
    checking: 'Checking that the log is untouched …',
    sound: (n: string) => `The log is untouched: ${n} entries checked.`,
    broken: (n: string) => `The log has been changed afterwards. Entry ${n} is not as it was written.`,
    todo: 'Do not stop the server. Compare with a backup, and find out who has had access to the database.',
    again: 'Check again',
  },
});

/** Whether the chain of the audit trail is whole. */
@customElement('vf-chain-check')
export class ChainCheckElement extends ShellElement {
  private readonly result = new Resource(() => api.system.verifyAudit.query());

  override connectedCallback(): void {
    super.connectedCallback();
    void this.result.refresh();
  }

  override render(): TemplateResult {
    return html`<div class="chain" role="status">${this.said()}</div>`;
  }

  private said(): TemplateResult | typeof nothing {
    const { value, failure } = this.result;
    const again = html`<button class="btn" @click=${() => void this.result.refresh()}>${words.value.again}</button>`;
    if (isToldAbove(failure)) return nothing;
    if (failure) return callout('warn', 'warning', html`<p>${explainHere(failure)}</p>`, again);
    if (!value) return html`<p class="quiet">${words.value.checking}</p>`;
    if (value.broken === undefined)
      return html`<p class="all-well">${icon('check')} ${words.value.sound(numberOf(value.entries))}</p>`;
    return callout(
      'bad',
      'warning',
      html`<p><strong>${words.value.broken(numberOf(value.broken))}</strong></p>
        <p>${words.value.todo}</p>`,
      again,
    );
  }
}
