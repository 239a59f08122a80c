import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { dateOf } from '../../../format/dates.ts';
import { api, failureOf } from '../../../state/api.ts';
import { bootstrap } from '../../../state/bootstrap.ts';
import { tell } from '../../../state/notices.ts';
import { learn, nameOf } from '../../../state/people.ts';
import { text, texts } from '../../../text/text.ts';
import { confirm } from '../confirm.ts';
import { groups } from '../data.ts';
import { tellFailure } from '../explain.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { callout, pageHead, tag, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Resource } from '../resource.ts';
import './person-form.ts';
import { isInactive, kindOf, type PersonDetails, personWords } from './person-words.ts';
import './sign-in-link.ts';

const words = texts({
  sv: {
    access: 'Tillträde',
    groups: 'Grupper',
    noGroups: 'Är inte med i någon grupp.',
    added: 'Tillagd',
    sponsor: 'Värd',
    newLink: 'Ny engångslänk',
    newLinkTitle: (name: string) => `Skapa en ny länk för ${name}?`,
    newLinkBody: 'När länken används glöms det gamla lösenordet, och personen väljer ett nytt.',
    signOut: 'Logga ut överallt',
    signOutTitle: (name: string) => `Logga ut ${name} överallt?`,
    signOutBody: 'Det som inte är skickat sparas på personens egna enheter. Det går att logga in igen.',
    signedOut: (name: string) => `${name} är utloggad överallt.`,
    disable: 'Stäng av',
    disableTitle: (name: string) => `Stänga av ${name}?`,
    disableBody:
      'Personen loggas ut överallt och kan inte logga in. Det som är skrivet finns kvar. Du kan släppa in personen igen.',
    disabled: (name: string) => `${name} är avstängd och utloggad överallt.`,
    enable: 'Släpp in igen',
    enabled: (name: string) => `${name} får logga in igen.`,
    isOut: 'Personen får inte logga in.',
    isOver: 'Gästens tid är ute. Välj ett senare slutdatum nedan för att släppa in gästen igen.',
    log: 'Visa i loggen',
  },
  en: {
    access: 'Access',
    groups: 'Groups',
    noGroups: 'Is in no group.',
    added: 'Added',
    sponsor: 'Sponsor',
    newLink: 'New one-time link',
    newLinkTitle: (name: string) => `Make a new link for ${name}?`,
    newLinkBody: 'When the link is used the old password is forgotten, and the person chooses another.',
    signOut: 'Sign out everywhere',
    signOutTitle: (name: string) => `Sign ${name} out everywhere?`,
    signOutBody: 'What is not sent is kept on the person’s own devices. They can sign in again.',
    signedOut: (name: string) => `${name} is signed out everywhere.`,
    disable: 'Deactivate',
    disableTitle: (name: string) => `Deactivate ${name}?`,
    disableBody:
      'The person is signed out everywhere and cannot sign in. What was written stays. You can let them in again.',
    disabled: (name: string) => `${name} is deactivated and signed out everywhere.`,
    enable: 'Let in again',
    enabled: (name: string) => `${name} may sign in again.`,
    isOut: 'The person may not sign in.',
    isOver: 'The guest’s time is up. Choose a later end date below to let the guest in again.',
    log: 'Show in the log',
  },
});

const me = bootstrap.session.signedIn?.id;

/** One person: what they may do, and the ways in and out. */
@customElement('vf-person-page')
export class PersonPageElement extends PageElement {
  @property() person = '';
  @state() private link = '';
  private readonly details = new Resource(() => api.people.get.query({ id: this.person }));

  override connectedCallback(): void {
    super.connectedCallback();
    void this.details.refresh();
    void groups.refresh();
  }

  protected override get heading(): string {
    return this.details.value?.name ?? pageName('people');
  }

  override render(): TemplateResult {
    const { value } = this.details;
    const lead = value
      ? html`${value.email} ${tag(kindOf(value), 'info')}${value.operator ? tag(personWords.value.operator) : nothing}`
      : '';
    return html`${pageHead({ title: this.heading, lead, crumbs: [[paths.people, pageName('people')]] })}
    ${whenRead(this.details, (person) => this.body(person))}`;
  }

  private body(person: PersonDetails): TemplateResult {
    return html`${isInactive(person) ? this.out(person) : nothing}
      ${this.link ? html`<vf-sign-in-link .link=${this.link} .name=${person.name}></vf-sign-in-link>` : nothing}
      <vf-person-form .person=${person} @vf-saved=${this.reread}></vf-person-form>
      ${isInactive(person) ? nothing : this.ways(person)}
      <section>
        <h2>${words.value.groups}</h2>
        ${this.groupList(person)}
      </section>
      <dl class="facts">
        <div>
          <dt>${words.value.added}</dt>
          <dd>${dateOf(person.createdAt)}</dd>
        </div>
        ${
          person.sponsor
            ? html`<div>
                <dt>${words.value.sponsor}</dt>
                <dd>${nameOf(person.sponsor)}</dd>
              </div>`
            : nothing
        }
      </dl>
      <p><a href=${paths.logWith({ target: person.id })}>${words.value.log}</a></p>`;
  }

  private out(person: PersonDetails): TemplateResult {
    const disabled = person.disabledAt !== undefined;
    const again = html`<button class="btn" @click=${() => this.setDisabled(person, false)}>
      ${words.value.enable}
    </button>`;
    return callout(
      'warn',
      'lock',
      html`<p>${disabled ? words.value.isOut : words.value.isOver}</p>`,
      disabled ? again : nothing,
    );
  }

  private ways(person: PersonDetails): TemplateResult {
    const { newLink, signOut, disable } = words.value;
    return html`<section>
      <h2>${words.value.access}</h2>
      <div class="act-bar">
        <button class="btn" @click=${() => this.makeLink(person)}>${icon('key')} ${newLink}</button>
        <button class="btn" @click=${() => this.signOut(person)}>${icon('out')} ${signOut}</button>
        ${
          person.id === me
            ? nothing
            : html`<button class="btn danger" @click=${() => this.disable(person)}>${icon('lock')} ${disable}</button>`
        }
      </div>
    </section>`;
  }

  private groupList({ groups: own }: PersonDetails): TemplateResult {
    const named = (groups.value ?? []).filter(({ id }) => own.includes(id));
    if (named.length === 0) return html`<p class="quiet">${words.value.noGroups}</p>`;
    return html`<ul class="inline">
      ${named.map(({ id, name }) => html`<li><a href=${paths.group(id)}>${name}</a></li>`)}
    </ul>`;
  }

  private readonly reread = async (): Promise<void> => {
    await this.details.refresh();
    const { value } = this.details;
    if (value) learn([{ id: value.id, name: value.name, kind: value.kind }]);
  };

  private async makeLink({ id, name }: PersonDetails): Promise<void> {
    const { newLink, newLinkTitle, newLinkBody } = words.value;
    if (!(await confirm({ title: newLinkTitle(name), body: newLinkBody, verb: newLink }))) return;
    this.link = '';
    await this.attempt(async () => {
      this.link = (await api.people.link.mutate({ id })).link;
    });
  }

  private async signOut({ id, name }: PersonDetails): Promise<void> {
    const { signOut, signOutTitle, signOutBody, signedOut } = words.value;
    if (!(await confirm({ title: signOutTitle(name), body: signOutBody, verb: signOut }))) return;
    await this.attempt(async () => {
      await api.people.signOut.mutate({ id });
      tell(signedOut(name));
    });
  }

  private async disable(person: PersonDetails): Promise<void> {
    const { disable, disableTitle, disableBody } = words.value;
    const question = { title: disableTitle(person.name), body: disableBody, verb: disable, danger: true };
    if (await confirm(question)) await this.setDisabled(person, true);
  }

  private async setDisabled(person: PersonDetails, disabled: boolean): Promise<void> {
    const { id, name } = person;
    await this.attempt(async () => {
      await api.people.change.mutate({ id, disabled });
      const undo = { label: text.value.undo, run: () => void this.setDisabled(person, false) };
      tell(disabled ? words.value.disabled(name) : words.value.enabled(name), disabled ? { action: undo } : {});
    });
    if (document.activeElement === document.body) this.querySelector<HTMLElement>('h1')?.focus();
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      await this.details.refresh();
    } catch (error) {
      tellFailure(failureOf(error), { CONFLICT: personWords.value.self });
    }
  }
}
