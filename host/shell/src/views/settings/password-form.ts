import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { focusFault, textField } from '../../components/field.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { bootstrap } from '../../state/bootstrap.ts';
import { tell } from '../../state/notices.ts';
import { texts } from '../../text/text.ts';
import { newPasswordFault, passwordRefusal, passwordWords } from '../sign-in/password-words.ts';

const words = texts({
  sv: {
    title: 'Lösenord',
    current: 'Nuvarande lösenord',
    next: 'Nytt lösenord',
    change: 'Byt lösenord',
    changed: 'Lösenordet är bytt. Du är utloggad på alla andra enheter, och applösenorden gäller inte längre.',
    hint: 'När du byter loggas du ut på alla andra enheter, och dina applösenord slutar gälla.',
    wrong: 'Det är inte ditt nuvarande lösenord.',
    missing: 'Skriv ditt nuvarande lösenord.',
    tooMany: 'För många försök. Vänta tio minuter och försök igen.',
  },
  en: {
    title: 'Password',
    current: 'Present password',
    next: 'New password',
    change: 'Change password',
    changed: 'The password is changed. You are signed out on every other device, and app passwords have ended.',
    hint: 'When you change it you are signed out on every other device, and your app passwords end.',
    wrong: 'That is not your present password.',
    missing: 'Type your present password.',
    tooMany: 'Too many attempts. Wait ten minutes and try again.',
  },
});

type Name = 'current' | 'password';

/** Changes one's own password; nothing for whoever signs in through another identity provider alone. */
@customElement('vf-password-form')
export class PasswordFormElement extends ShellElement {
  @state() private faults: Partial<Readonly<Record<Name, string>>> = {};
  @state() private busy = false;

  override render(): TemplateResult {
    if (!bootstrap.session.signedIn?.hasPassword) return html``;
    return html`<section>
      <h2>${words.value.title}</h2>
      <form novalidate @submit=${this.change}>
        ${textField({
          id: 'current',
          label: words.value.current,
          wrong: this.faults.current,
          type: 'password',
          autocomplete: 'current-password',
          most: 256,
        })}
        ${textField({
          id: 'password',
          label: words.value.next,
          hint: passwordWords.value.atLeast,
          wrong: this.faults.password,
          type: 'password',
          autocomplete: 'new-password',
          most: 256,
        })}
        <button class="btn" ?disabled=${this.busy}>${words.value.change}</button>
        <p class="hint">${words.value.hint}</p>
      </form>
    </section>`;
  }

  private readonly change = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const given = Object.fromEntries(new FormData(form)) as Record<Name, string>;
    const missing = given.current === '' ? words.value.missing : '';
    if (await this.faulty({ current: missing, password: newPasswordFault(given.password) })) return;
    this.busy = true;
    try {
      await api.session.changePassword.mutate(given);
      form.reset();
      tell(words.value.changed);
      this.dispatchEvent(new CustomEvent('vf-password-changed', { bubbles: true }));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.field === 'current') await this.faulty({ current: words.value.wrong });
      else if (failure.field === 'password') await this.faulty({ password: passwordRefusal(failure) });
      else tell(failure.code === 'QUOTA' ? words.value.tooMany : explain(failure), { kind: 'bad' });
    } finally {
      this.busy = false;
    }
  };

  private async faulty(found: Partial<Record<Name, string>>): Promise<boolean> {
    this.faults = found;
    if (!Object.values(found).some(Boolean)) return false;
    await focusFault(this);
    return true;
  }
}
