import { html, nothing, type TemplateResult } from 'lit';
import { openDialog } from '../../components/dialog.ts';
import { text } from '../../text/text.ts';

/** What is asked before something that is not easily undone. */
export interface Question {
  readonly title: string;
  readonly body: TemplateResult | string;
  /** What the button that does it says: a verb. */
  readonly verb: string;
  readonly danger?: boolean;
  /** A further choice, not made unless ticked. */
  readonly option?: { readonly label: string; readonly hint: string };
}

/** What was answered. */
export interface Answer {
  /** Whether the further choice was ticked. */
  readonly option: boolean;
}

/** Asks; answers `undefined` where it was not to be. */
export function confirm(question: Question): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    let answer: Answer | undefined;
    const content = (close: () => void) => {
      const submit = (event: SubmitEvent) => {
        event.preventDefault();
        answer = { option: new FormData(event.target as HTMLFormElement).has('option') };
        close();
      };
      return form(question, submit, close);
    };
    openDialog(question.title, content, () => resolve(answer));
  });
}

function form(
  { title, body, verb, danger = false, option }: Question,
  submit: (event: SubmitEvent) => void,
  close: () => void,
): TemplateResult {
  const choice = option
    ? html`<label class="check">
        <input type="checkbox" name="option" />
        <span>${option.label}<small>${option.hint}</small></span>
      </label>`
    : nothing;
  return html`<form class="confirm" @submit=${submit}>
    <h2>${title}</h2>
    <div class="said">${typeof body === 'string' ? html`<p>${body}</p>` : body}</div>
    ${choice}
    <footer>
      <button type="button" class="btn" autofocus @click=${close}>${text.value.cancel}</button>
      <button class="btn ${danger ? 'danger' : 'primary'}">${verb}</button>
    </footer>
  </form>`;
}
