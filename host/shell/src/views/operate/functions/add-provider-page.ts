import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { go } from '../../../router.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { tell } from '../../../state/notices.ts';
import { language, text, texts } from '../../../text/text.ts';
import { functions, type PluginView, plugins, providerTitle } from '../data.ts';
import { field, focusFault, textField } from '../../../components/field.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, failureAlert, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { asksFor } from '../plugins/asks-for.ts';
import { functionCrumbs } from './function-crumbs.ts';
import { functionWords } from './function-words.ts';
import { fieldsOf, settingsOf } from './setting-fields.ts';
import { faultFrom, type Faults, faultsOf, settingInputs } from './setting-form.ts';

const words = texts({
  sv: {
    lead: 'Den nya leverantören sköter inget förrän du flyttar funktionen till den eller ger en grupp ett eget val.',
    plugin: 'Insticksprogram',
    title: 'Namn',
    titleHint: 'Så känner du igen den bland andra av samma slag.',
    id: 'Kortnamn',
    idHint: 'Små bokstäver och bindestreck. Det kan inte ändras efteråt.',
    idWrong: 'Skriv små bokstäver a–z och siffror, med bindestreck mellan orden.',
    taken: 'Det finns redan en leverantör med det kortnamnet. Välj ett annat.',
    missing: 'Fyll i fältet.',
    settings: 'Inställningar',
    noSettings: 'Den behöver inga inställningar.',
    add: 'Lägg till',
    adding: 'Startar leverantören …',
    added: (title: string) => `${title} är tillagd.`,
    notStarted: (why: string) => `Leverantören lades till men startade inte: ${why}`,
    none: 'Inget insticksprogram kan sköta den här funktionen',
    noneHint: 'Lägg till ett i sammansättningen av arbetsytan och starta om servern.',
  },
  en: {
    lead: 'The new provider serves nothing until you move the function to it or give a group a choice of its own.',
    plugin: 'Plugin',
    title: 'Name',
    titleHint: 'By this you tell it from others of its kind.',
    id: 'Short name',
    idHint: 'Lower-case letters and hyphens. It cannot be changed afterwards.',
    idWrong: 'Write lower-case letters a–z and digits, with hyphens between the words.',
    taken: 'There is a provider of that short name already. Choose another.',
    missing: 'Fill this in.',
    settings: 'Settings',
    noSettings: 'It needs no settings.',
    add: 'Add',
    adding: 'Starting the provider …',
    added: (title: string) => `${title} is added.`,
    notStarted: (why: string) => `The provider was added but did not start: ${why}`,
    none: 'No plugin can serve this function',
    noneHint: 'Add one to the composition of the workspace and restart the server.',
  },
});

/** Adds a provider of a function, by a form made of its plugin's manifest. */
@customElement('vf-add-provider-page')
export class AddProviderPageElement extends PageElement {
  @property() capability = '';
  @property({ attribute: false }) query: Readonly<Record<string, string>> = {};
  @state() private chosen: string | undefined;
  @state() private faults: Faults = {};
  @state() private failure: Failure | undefined;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void plugins.refresh();
    void functions.refresh();
  }

  protected override get heading(): string {
    return functionWords.value.add;
  }

  override render(): TemplateResult {
    const crumbs = functionCrumbs(this.capability);
    return html`${pageHead({ title: this.heading, lead: words.value.lead, crumbs })}
    ${whenRead(plugins, (all) => {
      const able = all.filter(({ provides }) => provides.some(({ capability }) => capability === this.capability));
      const plugin = able.find(({ id }) => id === (this.chosen ?? this.query['plugin'])) ?? able[0];
      return plugin ? this.form(able, plugin) : emptyPlace(words.value.none, words.value.noneHint);
    })}`;
  }

  private form(able: readonly PluginView[], plugin: PluginView): TemplateResult {
    const fields = fieldsOf(plugin.settings);
    const general = Object.keys(this.faults).length === 0;
    return html`<form class="sheet" novalidate @submit=${(event: SubmitEvent) => this.add(event, plugin)}>
      ${this.choice(able, plugin)} ${keyed(plugin.id, html`${this.naming(plugin)}`)}
      <fieldset>
        <legend>${words.value.settings}</legend>
        ${
          fields.length === 0
            ? html`<p class="quiet">${words.value.noSettings}</p>`
            : keyed(plugin.id, html`${settingInputs(fields, { faults: this.faults })}`)
        }
      </fieldset>
      ${asksFor(plugin)} ${failureAlert(general ? this.failure : undefined)}
      <footer>
        <button class="btn primary" ?disabled=${this.busy}>${this.busy ? words.value.adding : words.value.add}</button>
        <a class="btn" href=${paths.function(this.capability)}>${text.value.cancel}</a>
      </footer>
    </form>`;
  }

  private choice(able: readonly PluginView[], plugin: PluginView): TemplateResult {
    const pick = (event: Event) => {
      this.chosen = (event.target as HTMLSelectElement).value;
      this.faults = {};
      this.failure = undefined;
    };
    return field({
      id: 'plugin',
      label: words.value.plugin,
      hint: plugin.description[language.value],
      input: (described) =>
        html`<select class="input" id="plugin" name="plugin" aria-describedby=${described ?? nothing} @change=${pick}>
          ${able.map(
            ({ id, title, version }) =>
              html`<option value=${id} ?selected=${id === plugin.id}>
                ${title[language.value]} (${id} ${version})
              </option>`,
          )}
        </select>`,
    });
  }

  private naming(plugin: PluginView): TemplateResult {
    const { title, titleHint, id, idHint } = words.value;
    const named = this.freeName(plugin);
    const more = { spellcheck: false };
    return html`${textField({ ...more, id: 'title', label: title, hint: titleHint, wrong: this.faults['title'], value: named.title, most: 100 })}
    ${textField({ ...more, id: 'id', label: id, hint: idHint, wrong: this.faults['id'], value: named.id, most: 40 })}`;
  }

  /** A name that no other provider has. */
  private freeName(plugin: PluginView): { readonly id: string; readonly title: string } {
    const taken = new Set((functions.value ?? []).flatMap(({ instances }) => instances.map(({ id }) => id)));
    const titles = new Set((functions.value ?? []).flatMap(({ instances }) => instances.map(providerTitle)));
    const usual = plugin.title[language.value];
    let n = 1;
    while (taken.has(`${plugin.id}${n === 1 ? '' : `-${n}`}`) || titles.has(`${usual}${n === 1 ? '' : ` ${n}`}`)) n++;
    return n === 1 ? { id: plugin.id, title: usual } : { id: `${plugin.id}-${n}`, title: `${usual} ${n}` };
  }

  private check(data: FormData, plugin: PluginView): Faults {
    const { missing, idWrong } = words.value;
    const id = String(data.get('id'));
    return {
      ...(String(data.get('title')).trim() === '' ? { title: missing } : {}),
      ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) ? {} : { id: idWrong }),
      ...faultsOf(fieldsOf(plugin.settings), data),
    };
  }

  private async add(event: SubmitEvent, plugin: PluginView): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    this.failure = undefined;
    this.faults = this.check(data, plugin);
    if (Object.keys(this.faults).length > 0) return focusFault(this);
    const [id, title] = [String(data.get('id')), String(data.get('title')).trim()];
    this.busy = true;
    try {
      const settings = settingsOf(fieldsOf(plugin.settings), data);
      const { failure } = await api.functions.addInstance.mutate({ id, title, plugin: plugin.id, settings });
      if (failure) tell(words.value.notStarted(failure), { kind: 'bad' });
      else tell(words.value.added(title));
      await functions.refresh();
      go(failure ? paths.provider(id) : paths.function(this.capability));
    } catch (error) {
      this.failure = failureOf(error);
      this.faults = this.failure.code === 'CONFLICT' ? { id: words.value.taken } : faultFrom(this.failure);
      await focusFault(this);
    } finally {
      this.busy = false;
    }
  }
}
