import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../../components/element.ts';
import { api, failureOf } from '../../../state/api.ts';
import { bootstrap } from '../../../state/bootstrap.ts';
import { tell } from '../../../state/notices.ts';
import { text, texts } from '../../../text/text.ts';
import { tellFailure } from '../explain.ts';
import { field, focusFault, textField } from '../../../components/field.ts';
import { dayOf, endOfDay, isEmail, type PersonDetails, personWords } from './person-words.ts';

const words = texts({
  sv: {
    saved: 'Sparat.',
    emailHint: 'Med den loggar personen in. En engångslänk som inte har använts slutar gälla om du ändrar adressen.',
    operatorHint: 'Får se de här sidorna, byta leverantörer och släppa in personer.',
  },
  en: {
    saved: 'Saved.',
    emailHint: 'The person signs in with it. A one-time link that is not used yet ends when you change the address.',
    operatorHint: 'May see these pages, change providers and let people in.',
  },
});

const me = bootstrap.session.signedIn?.id;

/** A person's name, whether they are an operator, and a guest's end date. */
@customElement('vf-person-form')
export class PersonFormElement extends ShellElement {
  @property({ attribute: false }) person!: PersonDetails;
  @state() private faults: Readonly<Record<string, string>> = {};
  @state() private busy = false;

  override render(): TemplateResult {
    const { id, name, email, kind, operator, endsAt } = this.person;
    return html`<form class="sheet" novalidate @submit=${this.save}>
      ${textField({ id: 'name', label: personWords.value.name, wrong: this.faults['name'], value: name, most: 100 })}
      ${textField({
        ...{ id: 'email', type: 'email', label: personWords.value.email, hint: words.value.emailHint },
        ...{ wrong: this.faults['email'], value: email, most: 200 },
      })}
      ${
        kind === 'guest'
          ? field({
              ...{ id: 'endsAt', label: personWords.value.endsAt, wrong: this.faults['endsAt'] },
              input: (described, invalid) =>
                html`<input
                  class="input date"
                  id="endsAt"
                  name="endsAt"
                  type="date"
                  aria-invalid=${invalid}
                  aria-describedby=${described ?? nothing}
                  .defaultValue=${endsAt === undefined ? '' : dayOf(endsAt)}
                />`,
            })
          : html`<label class="check">
              <input type="checkbox" name="operator" .defaultChecked=${operator} ?disabled=${id === me} />
              <span>${personWords.value.operator}<small>${words.value.operatorHint}</small></span>
            </label>`
      }
      <footer><button class="btn" ?disabled=${this.busy}>${text.value.save}</button></footer>
    </form>`;
  }

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const { id, kind } = this.person;
    const name = String(data.get('name')).trim();
    const email = String(data.get('email')).trim().toLowerCase();
    const ends = endOfDay(String(data.get('endsAt')));
    const { needsName, needsEmail, needsDate, takenEmail, self } = personWords.value;
    this.faults = {
      ...(name === '' ? { name: needsName } : {}),
      ...(isEmail(email) ? {} : { email: needsEmail }),
      ...(kind === 'guest' && ends === undefined ? { endsAt: needsDate } : {}),
    };
    if (Object.keys(this.faults).length > 0) return focusFault(this);
    const more = kind === 'guest' ? { endsAt: ends } : id === me ? {} : { operator: data.has('operator') };
    this.busy = true;
    try {
      await api.people.change.mutate({ id, name, ...(email === this.person.email ? {} : { email }), ...more });
      tell(words.value.saved);
      this.dispatchEvent(new CustomEvent('vf-saved'));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.field !== 'email') return tellFailure(failure, { CONFLICT: self });
      this.faults = { email: failure.code === 'CONFLICT' ? takenEmail : needsEmail };
      await focusFault(this);
    } finally {
      this.busy = false;
    }
  };
}
