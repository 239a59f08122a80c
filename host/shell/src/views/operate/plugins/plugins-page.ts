import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { language, texts } from '../../../text/text.ts';
import { functions, plugins, type PluginView } from '../data.ts';
import { functionWords } from '../functions/function-words.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { emptyPlace, pageHead, tag, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { functionName } from '../vocabulary.ts';

const words = texts({
  sv: {
    lead: 'Det som är installerat, och vad vart och ett får göra. Fler läggs till i sammansättningen av arbetsytan.',
    none: 'Inga insticksprogram',
    noneHint: 'Lägg till ett i sammansättningen av arbetsytan och starta om servern.',
    stays: 'Anropar ingen',
    calls: 'Anropar andra servrar',
  },
  en: {
    lead: 'What is installed, and what each of them may do. More are added in the composition of the workspace.',
    none: 'No plugins',
    noneHint: 'Add one to the composition of the workspace and restart the server.',
    stays: 'Calls nobody',
    calls: 'Calls other servers',
  },
});

/** The plugins of the composition. */
@customElement('vf-plugins-page')
export class PluginsPageElement extends PageElement {
  override connectedCallback(): void {
    super.connectedCallback();
    void plugins.refresh();
    void functions.refresh();
  }

  protected override get heading(): string {
    return pageName('plugins');
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading, lead: words.value.lead })}
    ${whenRead(plugins, (all) =>
      all.length === 0
        ? emptyPlace(words.value.none, words.value.noneHint)
        : html`<ul class="cards">
            ${all.map(card)}
          </ul>`,
    )}`;
  }
}

function card({ id, version, title, description, provides, network }: PluginView): TemplateResult {
  const used = (functions.value ?? []).flatMap(({ instances }) => instances).filter(({ plugin }) => plugin === id);
  const calls = network.outbound.length > 0;
  return html`<li class="box link-box">
    <div class="line">
      <h2><a href=${paths.plugin(id)}>${title[language.value]}</a></h2>
      ${tag(calls ? words.value.calls : words.value.stays, calls ? 'warn' : 'good')}
    </div>
    <p>${description[language.value]}</p>
    <p class="quiet">
      ${id} ${version} · ${provides.map(({ capability }) => functionName(capability)).join(', ')} ·
      ${functionWords.value.providerCount(used.length)}
    </p>
  </li>`;
}
