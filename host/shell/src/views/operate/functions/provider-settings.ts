import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../../components/element.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { tell } from '../../../state/notices.ts';
import { texts } from '../../../text/text.ts';
import { functions, type PluginView, providerTitle, type ProviderView } from '../data.ts';
import { focusFault, textField } from '../../../components/field.ts';
import { failureAlert } from '../page-parts.ts';
import { fieldsOf, settingsOf } from './setting-fields.ts';
import { faultFrom, type Faults, faultsOf, settingInputs } from './setting-form.ts';

const words = texts({
  sv: {
    settings: 'Namn och inställningar',
    title: 'Namn',
    missing: 'Fyll i fältet.',
    save: 'Spara',
    saving: 'Startar om leverantören …',
    saved: 'Sparat. Leverantören har startats om.',
    restarts: 'När du sparar startas leverantören om. Det tar en kort stund.',
    busy: 'Den är med i en flytt. Avsluta flytten eller gå tillbaka först.',
  },
  en: {
    settings: 'Name and settings',
    title: 'Name',
    missing: 'Fill this in.',
    save: 'Save',
    saving: 'Restarting the provider …',
    saved: 'Saved. The provider has been restarted.',
    restarts: 'The provider is restarted when you save. It takes a moment.',
    busy: 'It takes part in a move. Finish that move or roll it back first.',
  },
});

/** A provider's name and settings, to be changed. */
@customElement('vf-provider-settings')
export class ProviderSettingsElement extends ShellElement {
  @property({ attribute: false }) provider!: ProviderView;
  @property({ attribute: false }) plugin!: PluginView;
  @state() private faults: Faults = {};
  @state() private failure: Failure | undefined;
  @state() private busy = false;

  override render(): TemplateResult {
    const { settings } = this.provider;
    const fields = fieldsOf(this.plugin.settings);
    const general = Object.keys(this.faults).length === 0;
    return html`<form class="sheet" novalidate @submit=${this.save}>
      <h2>${words.value.settings}</h2>
      ${textField({
        ...{ id: 'provider-title', name: 'title', label: words.value.title, wrong: this.faults['title'] },
        ...{ value: providerTitle(this.provider), most: 100 },
      })}
      ${settingInputs(fields, { values: settings, faults: this.faults, secretsKept: true })}
      ${failureAlert(general ? this.failure : undefined, { CONFLICT: words.value.busy })}
      <footer>
        <button class="btn" ?disabled=${this.busy}>${this.busy ? words.value.saving : words.value.save}</button>
        <p class="hint">${words.value.restarts}</p>
      </footer>
    </form>`;
  }

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const fields = fieldsOf(this.plugin.settings);
    const title = String(data.get('title')).trim();
    this.failure = undefined;
    this.faults = { ...(title === '' ? { title: words.value.missing } : {}), ...faultsOf(fields, data, true) };
    if (Object.keys(this.faults).length > 0) return focusFault(this);
    this.busy = true;
    try {
      await api.functions.changeInstance.mutate({ id: this.provider.id, title, settings: settingsOf(fields, data) });
      tell(words.value.saved);
      await functions.refresh();
    } catch (error) {
      this.failure = failureOf(error);
      this.faults = faultFrom(this.failure);
      await focusFault(this);
    } finally {
      this.busy = false;
    }
  };
}
