import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { text, texts } from '../../../text/text.ts';
import { field, focusFault, textField } from '../../../components/field.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { failureAlert, pageHead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { dayOf, endOfDay, isEmail, personWords } from './person-words.ts';
import './sign-in-link.ts';

const words = texts({
  sv: {
    kind: 'Vem är det?',
    memberHint: 'Hör till organisationen.',
    guestHint:
      'Hör till någon annan organisation. Ser bara de rum där gästen är med, och bara till slutdatumet. Du står som värd.',
    operatorHint: 'Får se de här sidorna, byta leverantörer och släppa in personer.',
    endsHint: 'Gästen kommer in till och med den dagen.',
    make: 'Lägg till och skapa länk',
    making: 'Lägger till …',
    another: 'Lägg till en till',
    show: (name: string) => `Visa ${name}`,
    done: (name: string) => `${name} är tillagd.`,
  },
  en: {
    kind: 'Who is it?',
    memberHint: 'Belongs to the organisation.',
    guestHint:
      'Belongs to another organisation. Sees only the rooms that the guest is in, and only until the end date. You are the sponsor.',
    operatorHint: 'May see these pages, change providers and let people in.',
    endsHint: 'The guest can come in until the end of that day.',
    make: 'Add and make a link',
    making: 'Adding …',
    another: 'Add another',
    show: (name: string) => `Show ${name}`,
    done: (name: string) => `${name} is added.`,
  },
});

const USUAL = 30 * 24 * 3_600_000;
type Kind = 'member' | 'guest';

/** Lets somebody in, and shows the link by which they come. */
@customElement('vf-add-person-page')
export class AddPersonPageElement extends PageElement {
  @state() private kind: Kind = 'member';
  @state() private faults: Readonly<Record<string, string>> = {};
  @state() private failure: Failure | undefined;
  @state() private busy = false;
  @state() private added: { readonly id: string; readonly name: string; readonly link: string } | undefined;

  protected override get heading(): string {
    return personWords.value.add;
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading, crumbs: [[paths.people, pageName('people')]] })}
    ${this.added ? this.done(this.added) : this.form()}`;
  }

  private done({
    id,
    name,
    link,
  }: {
    readonly id: string;
    readonly name: string;
    readonly link: string;
  }): TemplateResult {
    return html`<p class="all-well" role="status">${icon('check')} ${words.value.done(name)}</p>
      <vf-sign-in-link .link=${link} .name=${name}></vf-sign-in-link>
      <p class="act-bar">
        <button class="btn" @click=${this.again}>${words.value.another}</button>
        <a class="btn" href=${paths.person(id)}>${words.value.show(name)}</a>
      </p>`;
  }

  private form(): TemplateResult {
    const general = Object.keys(this.faults).length === 0;
    return html`<form class="sheet" novalidate @submit=${this.add}>
      ${textField({ id: 'name', label: personWords.value.name, wrong: this.faults['name'], most: 100 })}
      ${textField({ id: 'email', type: 'email', label: personWords.value.email, wrong: this.faults['email'], most: 200 })}
      <fieldset class="picks">
        <legend>${words.value.kind}</legend>
        ${this.pick('member', personWords.value.member, words.value.memberHint)}
        ${this.pick('guest', personWords.value.guest, words.value.guestHint)}
      </fieldset>
      ${this.kind === 'guest' ? this.endDate() : this.operator()} ${failureAlert(general ? this.failure : undefined)}
      <footer>
        <button class="btn primary" ?disabled=${this.busy}>${this.busy ? words.value.making : words.value.make}</button>
        <a class="btn" href=${paths.people}>${text.value.cancel}</a>
      </footer>
    </form>`;
  }

  private pick(kind: Kind, label: string, hint: string): TemplateResult {
    return html`<label class="pick">
      <input
        type="radio"
        name="kind"
        value=${kind}
        .checked=${this.kind === kind}
        @change=${() => (this.kind = kind)}
      />
      <span><strong>${label}</strong><small>${hint}</small></span>
    </label>`;
  }

  private operator(): TemplateResult {
    return html`<label class="check">
      <input type="checkbox" name="operator" />
      <span>${personWords.value.operator}<small>${words.value.operatorHint}</small></span>
    </label>`;
  }

  private endDate(): TemplateResult {
    return field({
      ...{ id: 'endsAt', label: personWords.value.endsAt, hint: words.value.endsHint, wrong: this.faults['endsAt'] },
      input: (described, invalid) =>
        html`<input
          class="input date"
          id="endsAt"
          name="endsAt"
          type="date"
          min=${dayOf(Date.now())}
          aria-required="true"
          aria-invalid=${invalid}
          aria-describedby=${described ?? nothing}
          .defaultValue=${dayOf(Date.now() + USUAL)}
        />`,
    });
  }

  private check(data: FormData): Readonly<Record<string, string>> {
    const { needsName, needsEmail, needsDate, pastDate } = personWords.value;
    const ends = endOfDay(String(data.get('endsAt')));
    const date = this.kind === 'member' ? '' : ends === undefined ? needsDate : ends < Date.now() ? pastDate : '';
    const found = {
      name: String(data.get('name')).trim() === '' ? needsName : '',
      email: isEmail(String(data.get('email')).trim()) ? '' : needsEmail,
      endsAt: date,
    };
    return Object.fromEntries(Object.entries(found).filter(([, said]) => said !== ''));
  }

  private readonly add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    this.failure = undefined;
    this.faults = this.check(data);
    if (Object.keys(this.faults).length > 0) return focusFault(this);
    const [name, email] = [String(data.get('name')).trim(), String(data.get('email')).trim()];
    const more =
      this.kind === 'guest' ? { endsAt: endOfDay(String(data.get('endsAt'))) } : { operator: data.has('operator') };
    this.busy = true;
    try {
      const { id, link } = await api.people.add.mutate({ name, email, kind: this.kind, ...more });
      this.added = { id, link, name };
    } catch (error) {
      this.failure = failureOf(error);
      this.faults = faultFrom(this.failure);
      await focusFault(this);
    } finally {
      this.busy = false;
    }
  };

  private readonly again = async (): Promise<void> => {
    this.added = undefined;
    await this.updateComplete;
    this.querySelector<HTMLElement>('#name')?.focus();
  };
}

function faultFrom({ code, field: name }: Failure): Readonly<Record<string, string>> {
  const { takenEmail, needsName, needsEmail, pastDate } = personWords.value;
  if (code === 'CONFLICT') return { email: takenEmail };
  const said = { name: needsName, email: needsEmail, endsAt: pastDate }[name ?? ''];
  return name && said ? { [name]: said } : {};
}
