import { html, nothing, type TemplateResult } from 'lit';
import { language, texts } from '../../../text/text.ts';
import type { ProviderView } from '../data.ts';
import { callout } from '../page-parts.ts';
import { paths } from '../paths.ts';

const words = texts({
  sv: {
    pages: 'Leverantörens egna sidor',
    unset: 'Leverantörens egna sidor kan inte visas.',
    unsetTodo: (setting: TemplateResult) =>
      html`De visas från en egen domän. Ange den med ${setting} och starta om servern.`,
  },
  en: {
    pages: 'The provider’s own pages',
    unset: 'The provider’s own pages cannot be shown.',
    unsetTodo: (setting: TemplateResult) =>
      html`They are shown from a domain of their own. Set it with ${setting} and restart the host.`,
  },
});

/** Links to the pages that a provider brings, or why they cannot be shown. */
export function pageLinks({ id: instance, pages }: ProviderView): TemplateResult | typeof nothing {
  if (pages.length === 0) return nothing;
  if (pages.some(({ url }) => url === undefined)) return noDomain();
  return html`<section aria-labelledby="own-pages">
    <h2 id="own-pages">${words.value.pages}</h2>
    <ul class="rows">
      ${pages.map(
        ({ id, title }) =>
          html`<li class="link-box">
            <div><a href=${paths.providerPage(instance, id)}>${title[language.value]}</a></div>
          </li>`,
      )}
    </ul>
  </section>`;
}

/** Which setting is missing for pages to be shown. */
export function noDomain(): TemplateResult {
  const setting = html`<code>--plugins-domain</code> (<code>VALFRI_PLUGINS_DOMAIN</code>)`;
  return callout('info', 'plug', html`<p><strong>${words.value.unset}</strong> ${words.value.unsetTodo(setting)}</p>`);
}
