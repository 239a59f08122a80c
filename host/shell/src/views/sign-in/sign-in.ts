import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { focusFault, textField } from '../../components/field.ts';
import { api, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { changePreferences } from '../../state/preferences.ts';
import { language, texts } from '../../text/text.ts';
import { newPasswordFault, passwordRefusal, passwordWords } from './password-words.ts';
import '../../styles/sign-in.css';

const words = texts({
  sv: {
    signIn: 'Logga in',
    email: 'E-postadress',
    password: 'Lösenord',
    with: (name: string) => `Logga in med ${name}`,
    or: 'eller',
    wrong: 'Adressen eller lösenordet stämmer inte.',
    tooMany: 'För många försök. Vänta en stund och försök igen.',
    noServer: 'Servern går inte att nå. Försök igen om en stund.',
    refused: 'Inloggningen gick inte igenom. Fråga den som sköter arbetsytan om du har ett konto.',
    forgot: 'Glömt lösenordet? Be den som sköter arbetsytan om en ny länk.',
    welcome: 'Välkommen',
    welcomeHint: (organisation: string) => `Länken loggar in dig hos ${organisation}, en gång.`,
    enter: 'Logga in med länken',
    usedLink: 'Länken har redan använts, eller är för gammal. Be om en ny.',
    noLink: 'Länken är inte hel. Kopiera den i sin helhet.',
    toSignIn: 'Till inloggningen',
    choose: 'Välj lösenord',
    chooseHint: 'Med det loggar du in nästa gång.',
    name: 'Ditt namn',
    nameHint: 'Så ser andra dig.',
    needsAddress: 'Skriv din e-postadress.',
    needsPassword: 'Skriv ditt lösenord.',
    needsName: 'Skriv ditt namn.',
    done: 'Klart',
    show: 'Visa lösenordet',
    needsEmail: 'Skriv din e-postadress, till exempel anna@example.org. Med den loggar du in.',
  },
  en: {
    signIn: 'Sign in',
    email: 'E-mail address',
    password: 'Password',
    with: (name: string) => `Sign in with ${name}`,
    or: 'or',
    wrong: 'The address or the password is not right.',
    tooMany: 'Too many attempts. Wait a moment and try again.',
    noServer: 'The server cannot be reached. Try again in a moment.',
    refused: 'You were not let in. Ask whoever runs the workspace whether you have an account.',
    forgot: 'Forgotten the password? Ask whoever runs the workspace for a new link.',
    welcome: 'Welcome',
    welcomeHint: (organisation: string) => `The link signs you in at ${organisation}, once.`,
    enter: 'Sign in with the link',
    usedLink: 'The link has been used, or is too old. Ask for a new one.',
    noLink: 'The link is not whole. Copy all of it.',
    toSignIn: 'To the sign-in page',
    choose: 'Choose a password',
    chooseHint: 'You sign in with it the next time.',
    name: 'Your name',
    nameHint: 'This is how others see you.',
    needsAddress: 'Type your e-mail address.',
    needsPassword: 'Type your password.',
    needsName: 'Type your name.',
    done: 'Done',
    show: 'Show the password',
    needsEmail: 'Type your e-mail address, such as anna@example.org. You sign in with it.',
  },
});

async function post(
  path: string,
  body: object,
): Promise<{ ok: boolean; status: number; data: Record<string, unknown> }> {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    ok: answer.ok,
    status: answer.status,
    data: (await answer.json().catch(() => ({}))) as Record<string, unknown>,
  };
}

/** The way in: by password, through another identity provider, or by a link; and the choice of a password after that. */
@customElement('vf-sign-in')
export class SignInElement extends ShellElement {
  @property() mode: 'signIn' | 'welcome' | 'choose' = 'signIn';
  @state() private wrong = new URLSearchParams(location.search).has('error') ? words.value.refused : '';
  /** What is wrong with a field, by its name. */
  @state() private faults: Readonly<Record<string, string>> = {};
  @state() private busy = false;
  @state() private shows = false;

  override updated(): void {
    document.title = `${words.value.signIn} · ${bootstrap.session.organisation}`;
  }

  override render(): TemplateResult {
    return html`<main class="sign-in" id="main">
      <div class="sign-in-box">
        <div class="mark" aria-hidden="true">V</div>
        <p class="organisation">${bootstrap.session.organisation}</p>
        ${this.mode === 'choose' ? this.choose() : this.mode === 'welcome' ? this.welcome() : this.signIn()}
      </div>
      <p class="languages">
        <button
          class="link"
          lang="sv"
          aria-pressed=${language.value === 'sv' ? 'true' : 'false'}
          @click=${() => changePreferences({ language: 'sv' })}
        >
          Svenska
        </button>
        <button
          class="link"
          lang="en"
          aria-pressed=${language.value === 'en' ? 'true' : 'false'}
          @click=${() => changePreferences({ language: 'en' })}
        >
          English
        </button>
      </p>
    </main>`;
  }

  private problem(): TemplateResult | typeof nothing {
    return this.wrong === '' ? nothing : html`<p class="notice bad" role="alert" id="wrong">${this.wrong}</p>`;
  }

  private emailField(): TemplateResult {
    return textField({
      id: 'email',
      label: words.value.email,
      wrong: this.faults['email'],
      type: 'email',
      autocomplete: 'username',
      autofocus: this.mode === 'signIn',
    });
  }

  private signIn(): TemplateResult {
    const others = bootstrap.session.signInWith;
    return html`<h1>${words.value.signIn}</h1>
      ${others.map(({ id, name }) => html`<button class="btn primary wide" ?disabled=${this.busy} @click=${() => this.through(id)}>${words.value.with(name)}</button>`)}
      ${others.length > 0 ? html`<p class="or">${words.value.or}</p>` : nothing}
      <form @submit=${this.byPassword} novalidate>
        ${this.emailField()} ${this.passwordField('current-password')} ${this.problem()}
        <button class="btn ${others.length > 0 ? '' : 'primary'} wide" ?disabled=${this.busy}>
          ${words.value.signIn}
        </button>
      </form>
      <p class="hint">${words.value.forgot}</p>`;
  }

  private passwordField(autocomplete: 'current-password' | 'new-password'): TemplateResult {
    const shows = (event: Event) => (this.shows = (event.target as HTMLInputElement).checked);
    return html`${textField({
        id: 'password',
        label: words.value.password,
        hint: autocomplete === 'new-password' ? passwordWords.value.atLeast : undefined,
        wrong: this.faults['password'],
        type: this.shows ? 'text' : 'password',
        autocomplete,
      })} <label class="check"><input type="checkbox" @change=${shows} /> ${words.value.show}</label>`;
  }

  private welcome(): TemplateResult {
    return html`<h1>${words.value.welcome}</h1>
      <p>${words.value.welcomeHint(bootstrap.session.organisation)}</p>
      ${this.problem()}
      ${this.wrong === '' ? html`<button class="btn primary wide" ?disabled=${this.busy} @click=${this.byLink}>${words.value.enter}</button>` : html`<a class="btn wide" href="/sign-in" @click=${() => location.assign('/sign-in')}>${words.value.toSignIn}</a>`}`;
  }

  private choose(): TemplateResult {
    const { name = '', needsEmail = false } = bootstrap.session.signedIn ?? {};
    return html`<h1>${words.value.choose}</h1>
      <p>${words.value.chooseHint}</p>
      <form @submit=${this.chooses} novalidate>
        ${textField({
          id: 'name',
          label: words.value.name,
          hint: words.value.nameHint,
          wrong: this.faults['name'],
          value: needsEmail ? '' : name,
          autocomplete: 'name',
          most: 100,
        })}
        ${needsEmail ? this.emailField() : nothing} ${this.passwordField('new-password')} ${this.problem()}
        <button class="btn primary wide" ?disabled=${this.busy}>${words.value.done}</button>
      </form>`;
  }

  /** Says what is wrong with each field, and puts the focus on the first; `true` where something is. */
  private async faulty(found: Readonly<Record<string, string>>): Promise<boolean> {
    this.wrong = '';
    this.faults = Object.fromEntries(Object.entries(found).filter(([, said]) => said !== ''));
    if (Object.keys(this.faults).length === 0) return false;
    await focusFault(this);
    return true;
  }

  private async attempt(work: () => Promise<string>): Promise<void> {
    this.busy = true;
    this.wrong = '';
    try {
      this.wrong = await work();
    } catch {
      this.wrong = words.value.noServer;
    }
    this.busy = false;
  }

  private readonly byPassword = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const { needsAddress, needsPassword } = words.value;
    const found = {
      email: String(given.get('email')).trim() === '' ? needsAddress : '',
      password: given.get('password') === '' ? needsPassword : '',
    };
    if (await this.faulty(found)) return;
    await this.attempt(async () => {
      const { ok, status } = await post('/api/auth/sign-in/email', {
        email: given.get('email'),
        password: given.get('password'),
      });
      if (!ok) return status === 429 ? words.value.tooMany : words.value.wrong;
      location.assign(location.pathname === '/sign-in' ? '/' : location.href);
      return '';
    });
  };

  private through(provider: string): void {
    void this.attempt(async () => {
      const { ok, data } = await post('/api/auth/sign-in/social', {
        provider,
        callbackURL: '/',
        errorCallbackURL: '/sign-in?error=1',
      });
      if (!ok || typeof data['url'] !== 'string') return words.value.refused;
      location.assign(data['url']);
      return '';
    });
  }

  private readonly byLink = (): void => {
    void this.attempt(async () => {
      const token = location.hash.slice(1);
      if (!/^[A-Za-z]{32}$/.test(token)) return words.value.noLink;
      const { ok } = await post('/api/welcome', { token });
      if (!ok) return words.value.usedLink;
      location.assign('/');
      return '';
    });
  };

  private readonly chooses = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.target as HTMLFormElement)) as {
      name: string;
      email?: string;
      password: string;
    };
    const { needsName, needsEmail } = words.value;
    const found = {
      name: given.name.trim() === '' ? needsName : '',
      email: given.email === undefined || /^\S+@\S+\.\S+$/.test(given.email.trim()) ? '' : needsEmail,
      password: newPasswordFault(given.password),
    };
    if (await this.faulty(found)) return;
    await this.attempt(async () => {
      try {
        const { name, email, password } = given;
        await api.session.choosePassword.mutate({
          password,
          ...(name.trim() ? { name } : {}),
          ...(email ? { email } : {}),
        });
        location.assign('/');
        return '';
      } catch (error) {
        const { field = '', reason, message, code } = failureOf(error);
        if (code === 'OFFLINE') return words.value.noServer;
        const at = field || (message.includes('email') ? 'email' : message.includes('password') ? 'password' : '');
        const said = { email: needsEmail, password: passwordRefusal({ reason }), name: needsName }[at];
        return said && (await this.faulty({ [at]: said })) ? '' : message;
      }
    });
  };
}
