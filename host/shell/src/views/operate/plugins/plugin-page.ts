import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { language, type Said, saidIn, text, texts } from '../../../text/text.ts';
import { functions, plugins, type PluginView, providerTitle } from '../data.ts';
import { functionWords } from '../functions/function-words.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, healthMark, pageHead, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { functionName } from '../vocabulary.ts';
import { asksFor } from './asks-for.ts';

const words = texts({
  sv: {
    provides: 'Sköter',
    license: 'Licens',
    version: 'Version',
    data: 'Personuppgifter som det håller',
    noData: 'Inga.',
    what: 'Vad',
    where: 'Var',
    why: 'Varför',
    until: 'Hur länge',
    leaves: 'Lämnas till',
    stays: 'Ingen',
    providers: 'Leverantörer som kör det',
    none: 'Ingen än.',
  },
  en: {
    provides: 'Serves',
    license: 'Licence',
    version: 'Version',
    data: 'Personal data that it keeps',
    noData: 'None.',
    what: 'What',
    where: 'Where',
    why: 'Why',
    until: 'How long',
    leaves: 'Handed to',
    stays: 'Nobody',
    providers: 'Providers that run it',
    none: 'None yet.',
  },
});

/** One plugin, as its manifest describes it. */
@customElement('vf-plugin-page')
export class PluginPageElement extends PageElement {
  @property() plugin = '';

  override connectedCallback(): void {
    super.connectedCallback();
    void plugins.refresh();
    void functions.refresh();
  }

  private get found(): PluginView | undefined {
    return plugins.value?.find(({ id }) => id === this.plugin);
  }

  protected override get heading(): string {
    return this.found?.title[language.value] ?? this.plugin;
  }

  override render(): TemplateResult {
    const lead = this.found?.description[language.value] ?? '';
    return html`${pageHead({ title: this.heading, lead, crumbs: [[paths.plugins, pageName('plugins')]], actions: this.add() })}
    ${whenRead(plugins, () => (this.found ? body(this.found) : emptyPlace(text.value.notFoundTitle, text.value.notFoundHint)))}`;
  }

  private add(): TemplateResult | typeof nothing {
    const capability = this.found?.provides[0]?.capability;
    if (!capability) return nothing;
    return html`<a class="btn" href="${paths.addProvider(capability)}?plugin=${this.plugin}"
      >${icon('plus')} ${functionWords.value.add}</a
    >`;
  }
}

function body(plugin: PluginView): TemplateResult {
  const used = (functions.value ?? [])
    .flatMap(({ instances }) => instances)
    .filter((each) => each.plugin === plugin.id);
  return html`<dl class="facts box">
      <div>
        <dt>${words.value.provides}</dt>
        <dd>
          ${plugin.provides.map(({ capability, major }) => html`<a href=${paths.function(capability)}>${functionName(capability)}</a> <span class="quiet">${major}.x</span> `)}
        </dd>
      </div>
      <div>
        <dt>${words.value.version}</dt>
        <dd>${plugin.id} ${plugin.version}</dd>
      </div>
      <div>
        <dt>${words.value.license}</dt>
        <dd>${plugin.license}</dd>
      </div>
    </dl>
    ${asksFor(plugin)}
    <section>
      <h2>${words.value.data}</h2>
      ${plugin.data.length === 0 ? html`<p class="quiet">${words.value.noData}</p>` : dataTable(plugin)}
    </section>
    <section>
      <h2>${words.value.providers}</h2>
      ${
        used.length === 0
          ? html`<p class="quiet">${words.value.none}</p>`
          : html`<ul class="rows">
              ${used.map(
                (provider) =>
                  html`<li class="link-box">
                    <div>
                      <a href=${paths.provider(provider.id)}>${providerTitle(provider)}</a>
                      <p class="quiet">${provider.id}</p>
                    </div>
                    ${healthMark(provider.health)}
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
}

function dataTable({ data }: PluginView): TemplateResult {
  const { what, where, why, until, leaves, stays } = words.value;
  return html`<div class="table-box">
    <table class="stacks">
      <caption class="visually-hidden">
        ${words.value.data}
      </caption>
      <thead>
        <tr>
          ${[what, where, why, until, leaves].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${data.map(
          (each) =>
            html`<tr>
              <th scope="row" lang=${langOf(each.class)}>${saidIn(each.class)}</th>
              <td data-label=${where} lang=${langOf(each.where)}>${saidIn(each.where)}</td>
              <td data-label=${why} lang=${langOf(each.purpose)}>${saidIn(each.purpose)}</td>
              <td data-label=${until} lang=${langOf(each.retention)}>${saidIn(each.retention)}</td>
              <td data-label=${leaves} lang=${each.leavesTo ? langOf(each.leavesTo) : nothing}>
                ${each.leavesTo ? saidIn(each.leavesTo) : stays}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What an author wrote once is in English. */
function langOf(said: Said): string | typeof nothing {
  return typeof said === 'string' ? 'en' : nothing;
}
