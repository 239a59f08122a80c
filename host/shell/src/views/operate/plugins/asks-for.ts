import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../../../components/icon.ts';
import { saidIn, texts } from '../../../text/text.ts';
import type { PluginView } from '../data.ts';
import { settingTitle } from '../functions/setting-form.ts';
import type { SettingSchema } from '../functions/setting-fields.ts';
import { featureName, functionName } from '../vocabulary.ts';

const words = texts({
  sv: {
    title: 'Vad insticksprogrammet får göra',
    stays: 'Anropar inga andra servrar. Allt stannar här.',
    calls: 'Får anropa',
    setting: (name: string) => `adressen i inställningen ”${name}”`,
    inbound: 'Tar emot anrop på',
    names: 'Får veta vad människor heter',
    noNames: 'Får bara veta en pseudonym för var och en',
    files: 'Sparar filer i en egen mapp på servern',
    uses: 'Använder',
  },
  en: {
    title: 'What the plugin may do',
    stays: 'Calls no other servers. Everything stays here.',
    calls: 'May call',
    setting: (name: string) => `the address in the setting “${name}”`,
    inbound: 'Answers calls to',
    names: 'May know what people are called',
    noNames: 'Knows only a pseudonym for each person',
    files: 'Keeps files in a folder of its own on the server',
    uses: 'Uses',
  },
});

/** What a plugin's manifest asks for: whom it calls, who calls it, what it knows of people. */
export function asksFor({ network, people, uses, settings, files }: PluginView): TemplateResult {
  const { outbound, inbound } = network;
  const schemas = (settings['properties'] ?? {}) as Readonly<Record<string, SettingSchema>>;
  const hosts = outbound.map((each) =>
    typeof each === 'string'
      ? html`<code>${each}</code>`
      : html`${words.value.setting(settingTitle(each.setting, schemas[each.setting] ?? {}))}`,
  );
  return html`<section class="asks">
    <h2>${words.value.title}</h2>
    <ul>
      ${hosts.length === 0 ? item('lock', words.value.stays) : item('globe', words.value.calls, hosts)}
      ${
        inbound.length === 0
          ? nothing
          : item(
              'arrow',
              words.value.inbound,
              inbound.map(({ path, summary }) => html`<code>${path}</code> ${saidIn(summary)}`),
            )
      }
      ${files ? item('database', words.value.files) : nothing}
      ${item('person', people.includes('displayName') ? words.value.names : words.value.noNames)}
      ${
        uses.length === 0
          ? nothing
          : item(
              'blocks',
              words.value.uses,
              uses.map(
                ({ capability, features }) =>
                  html`${functionName(capability)}${features.length > 0 ? ` (${features.map(featureName).join(', ')})` : ''}`,
              ),
            )
      }
    </ul>
  </section>`;
}

function item(name: IconName, said: string, more: readonly TemplateResult[] = []): TemplateResult {
  return html`<li>
    ${icon(name)}
    <div>
      <p>${said}</p>
      ${
        more.length > 0
          ? html`<ul class="more">
              ${more.map((each) => html`<li>${each}</li>`)}
            </ul>`
          : nothing
      }
    </div>
  </li>`;
}
