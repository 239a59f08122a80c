import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../../components/element.ts';
import { icon } from '../../../components/icon.ts';
import { announce } from '../../../state/notices.ts';
import { text, texts } from '../../../text/text.ts';

const words = texts({
  sv: {
    title: (name: string) => `Engångslänk för ${name}`,
    label: 'Länken',
    copy: 'Kopiera länken',
    hint: 'Lämna över den på ett säkert sätt. Den loggar in en gång, gäller i tre dygn och visas bara nu. Försvinner den kan du skapa en ny.',
    byHand: 'Det gick inte att kopiera. Länken är markerad: kopiera den med Ctrl+C.',
  },
  en: {
    title: (name: string) => `One-time link for ${name}`,
    label: 'The link',
    copy: 'Copy the link',
    hint: 'Hand it over in a safe way. It signs in once, lasts three days, and is shown only now. If it is lost you can make a new one.',
    byHand: 'It could not be copied. The link is selected: copy it with Ctrl+C.',
  },
});

/** A link that signs somebody in once, to be handed over; shown once. */
@customElement('vf-sign-in-link')
export class SignInLinkElement extends ShellElement {
  @property() link = '';
  @property() name = '';
  @state() private said = '';

  override render(): TemplateResult {
    return html`<section class="box link-once" aria-labelledby="link-title">
      <h2 id="link-title" tabindex="-1">${icon('key')} ${words.value.title(this.name)}</h2>
      <div class="copy">
        <input
          class="input"
          id="one-time-link"
          readonly
          aria-label=${words.value.label}
          .value=${this.link}
          @focus=${this.select}
        />
        <button class="btn primary" type="button" @click=${this.copy}>${icon('copy')} ${words.value.copy}</button>
      </div>
      <p class="hint">${words.value.hint}</p>
      <p class="said" role="status">${this.said}</p>
    </section>`;
  }

  protected override firstUpdated(): void {
    announce(words.value.title(this.name));
    this.querySelector<HTMLElement>('button')?.focus();
  }

  private readonly select = (event: Event): void => (event.target as HTMLInputElement).select();

  private readonly copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.link);
      this.said = text.value.copied;
    } catch {
      this.said = words.value.byHand;
      this.querySelector<HTMLInputElement>('input')?.select();
    }
  };
}
