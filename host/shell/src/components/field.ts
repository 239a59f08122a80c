import { html, nothing, type TemplateResult } from 'lit';
import { texts } from '../text/text.ts';

const words = texts({ sv: { optional: 'valfritt' }, en: { optional: 'optional' } });

/** A field of a form: label, hint, input, and what is wrong with what it says. */
export interface Field {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly wrong?: string | undefined;
  readonly optional?: boolean;
  /** The label stands beside the input, as it does for a box to tick. */
  readonly beside?: boolean;
  /** Draws the input, given the ids of what describes it. */
  readonly input: (described: string | undefined, invalid: 'true' | 'false') => TemplateResult;
}

/** A field of a form. */
export function field({ id, label, hint, wrong, optional = false, beside = false, input }: Field): TemplateResult {
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
  const drawn = input(described, wrong ? 'true' : 'false');
  const name = html`<label for=${id}
    >${label}${optional ? html` <span class="quiet">(${words.value.optional})</span>` : nothing}</label
  >`;
  return html`<div class="field">
    ${beside ? html`<div class="check">${drawn}${name}</div>` : html`${name}${drawn}`}
    ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    ${wrong ? html`<p class="wrong" id="${id}-wrong">${wrong}</p>` : nothing}
  </div>`;
}

/** A line to write in, which may not stay empty. */
export interface TextField extends Pick<Field, 'id' | 'label' | 'hint' | 'wrong'> {
  /** By which the form names it. Default: the id. */
  readonly name?: string;
  readonly type?: 'text' | 'email' | 'password';
  /** Characters at most. Default: any number. */
  readonly most?: number;
  readonly value?: string;
  /** What a browser may fill in, as HTML names it. Default: nothing. */
  readonly autocomplete?: AutoFill;
  /** The focus is here when the page opens. */
  readonly autofocus?: boolean;
  readonly spellcheck?: boolean;
}

/** A field with a line to write in, which may not stay empty. */
export function textField(given: TextField): TemplateResult {
  const { id, name = id, type = 'text', most, value = '', spellcheck = true } = given;
  const { autocomplete = 'off', autofocus = false } = given;
  return field({
    ...given,
    input: (described, invalid) =>
      html`<input
        class="input"
        id=${id}
        name=${name}
        type=${type}
        maxlength=${most ?? nothing}
        autocomplete=${autocomplete}
        ?autofocus=${autofocus}
        spellcheck=${spellcheck ? nothing : 'false'}
        aria-required="true"
        aria-invalid=${invalid}
        aria-describedby=${described ?? nothing}
        .defaultValue=${value}
      />`,
  });
}

/** Puts the focus on the first field that something is wrong with, once it is drawn. */
export async function focusFault(element: HTMLElement & { readonly updateComplete: Promise<boolean> }): Promise<void> {
  await element.updateComplete;
  element.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
}
