import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ShellElement } from '../../components/element.ts';
import { icon } from '../../components/icon.ts';
import { api, explain, failureOf } from '../../state/api.ts';
import { bootstrap, type PreferenceValues } from '../../state/bootstrap.ts';
import { tell } from '../../state/notices.ts';
import { learn } from '../../state/people.ts';
import { changePreferences, preferences } from '../../state/preferences.ts';
import { text, texts } from '../../text/text.ts';
import { signOut } from '../sign-in/session.ts';
import '../../styles/settings.css';
import './app-passwords.ts';
import './password-form.ts';

const words = texts({
  sv: {
    you: 'Du',
    name: 'Namn',
    saved: 'Sparat',
    look: 'Utseende',
    theme: 'Färger',
    system: 'Som systemet',
    light: 'Ljust',
    dark: 'Mörkt',
    contrast: 'Hög kontrast',
    density: 'Täthet',
    comfortable: 'Luftigt',
    compact: 'Tätt',
    language: 'Språk',
    writing: 'Att skriva',
    enterSends: 'Enter skickar (annars Ctrl+Enter)',
    keys: 'Kortkommandon med en tangent',
    keysHint: 'Stäng av dem om du använder talstyrning.',
    showKeys: 'Visa alla kortkommandon',
    signOut: 'Logga ut',
  },
  en: {
    you: 'You',
    name: 'Name',
    saved: 'Saved',
    look: 'Appearance',
    theme: 'Colours',
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
    contrast: 'High contrast',
    density: 'Density',
    comfortable: 'Comfortable',
    compact: 'Compact',
    language: 'Language',
    writing: 'Writing',
    enterSends: 'Enter sends (otherwise Ctrl+Enter)',
    keys: 'Shortcuts of a single key',
    keysHint: 'Turn them off if you use speech control.',
    showKeys: 'Show all shortcuts',
    signOut: 'Sign out',
  },
});

/** What a person chooses for themselves. */
@customElement('vf-settings')
export class SettingsElement extends ShellElement {
  @state() private name = bootstrap.session.signedIn?.name ?? '';

  override render(): TemplateResult {
    const chosen = preferences.value;
    return html`<main id="main" class="settings" tabindex="-1">
      <div class="wrap">
        <h1>${text.value.settings}</h1>
        <section>
          <h2>${words.value.you}</h2>
          <form class="inline" @submit=${this.rename}>
            <div class="field">
              <label for="my-name">${words.value.name}</label
              ><input
                class="input"
                id="my-name"
                maxlength="100"
                required
                .value=${this.name}
                @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
              />
            </div>
            <button class="btn">${text.value.save}</button>
          </form>
        </section>
        <vf-password-form></vf-password-form>
        <vf-app-passwords></vf-app-passwords>
        <section>
          <h2>${words.value.look}</h2>
          ${this.choice('theme', words.value.theme, chosen.theme ?? 'system', [
            ['system', words.value.system],
            ['light', words.value.light],
            ['dark', words.value.dark],
            ['contrast', words.value.contrast],
          ])}
          ${this.choice('density', words.value.density, chosen.density ?? 'comfortable', [
            ['comfortable', words.value.comfortable],
            ['compact', words.value.compact],
          ])}
          ${this.choice('language', words.value.language, document.documentElement.lang, [
            ['sv', 'Svenska'],
            ['en', 'English'],
          ])}
        </section>
        <section>
          <h2>${words.value.writing}</h2>
          ${this.toggle('enterSends', words.value.enterSends)}
          ${this.toggle('singleKeys', words.value.keys, words.value.keysHint)}
          <button class="btn" @click=${() => import('../shortcuts.ts').then(({ openShortcuts }) => openShortcuts())}>
            ${words.value.showKeys}
          </button>
        </section>
        <section><button class="btn" @click=${() => signOut()}>${icon('out')} ${words.value.signOut}</button></section>
      </div>
    </main>`;
  }

  private choice(
    name: keyof PreferenceValues,
    label: string,
    current: string,
    options: readonly (readonly [string, string])[],
  ): TemplateResult {
    return html`<fieldset class="choice">
      <legend>${label}</legend>
      ${options.map(
        ([value, shown]) =>
          html`<label
            ><input
              type="radio"
              name=${name}
              value=${value}
              .checked=${value === current}
              @change=${() => changePreferences({ [name]: value })}
            /><span>${shown}</span></label
          >`,
      )}
    </fieldset>`;
  }

  private toggle(name: 'enterSends' | 'singleKeys', label: string, hint?: string): TemplateResult {
    const on = preferences.value[name] !== false;
    return html`<label class="check"
      ><input type="checkbox" .checked=${on} @change=${() => changePreferences({ [name]: !on })} />
      <span>${label}${hint ? html`<small>${hint}</small>` : nothing}</span></label
    >`;
  }

  private readonly rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    try {
      await api.session.rename.mutate({ name: this.name });
      const { id, kind } = bootstrap.session.signedIn!;
      learn([{ id, name: this.name.trim(), kind }]);
      tell(words.value.saved);
    } catch (error) {
      tell(explain(failureOf(error)), { kind: 'bad' });
    }
  };
}
