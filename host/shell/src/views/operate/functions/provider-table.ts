import { html, nothing, type TemplateResult } from 'lit';
import { texts } from '../../../text/text.ts';
import {
  bindingsOf,
  type FunctionView,
  type GroupView,
  plugins,
  providerTitle,
  type ProviderView,
  servingOf,
} from '../data.ts';
import { emptyPlace, healthMark, tag } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { functionWords } from './function-words.ts';
import { inScopeOrder, scopeName } from './scopes.ts';

const words = texts({
  sv: {
    caption: 'Leverantörer av funktionen',
    provider: 'Leverantör',
    state: 'Tillstånd',
    serves: 'Sköter',
    action: 'Åtgärd',
    moveHere: 'Flytta hit',
    moveTo: (title: string) => `Flytta hit: ${title}`,
    none: 'Ingen leverantör än',
    noneHint: 'Lägg till en leverantör, så kan den börja sköta funktionen.',
  },
  en: {
    caption: 'Providers of the function',
    provider: 'Provider',
    state: 'State',
    serves: 'Serves',
    action: 'Action',
    moveHere: 'Move here',
    moveTo: (title: string) => `Move here: ${title}`,
    none: 'No provider yet',
    noneHint: 'Add a provider, and it can begin to serve the function.',
  },
});

/** The providers of a function: who is well, who serves whom. */
export function providerTable(fn: FunctionView, groups: readonly GroupView[]): TemplateResult {
  if (fn.instances.length === 0) {
    const add = html`<a class="btn primary" href=${paths.addProvider(fn.id)}>${functionWords.value.add}</a>`;
    return emptyPlace(words.value.none, words.value.noneHint, add);
  }
  return html`<div class="table-box">
    <table class="stacks">
      <caption class="visually-hidden">
        ${words.value.caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words.value.provider}</th>
          <th scope="col">${words.value.state}</th>
          <th scope="col">${words.value.serves}</th>
          <th scope="col"><span class="visually-hidden">${words.value.action}</span></th>
        </tr>
      </thead>
      <tbody>
        ${fn.instances.map((provider) => row(fn, provider, groups))}
      </tbody>
    </table>
  </div>`;
}

function row(fn: FunctionView, provider: ProviderView, groups: readonly GroupView[]): TemplateResult {
  const scopes = inScopeOrder(bindingsOf(fn, provider.id)).map(({ scope }) => scopeName(scope, groups));
  const { ok, message } = provider.health;
  return html`<tr>
    <th scope="row">
      <a href=${paths.provider(provider.id)}>${providerTitle(provider)}</a>
      <small>${provider.id} · ${versionOf(provider)}</small>
    </th>
    <td data-label=${words.value.state}>
      ${healthMark(provider.health)}${!ok && message ? html`<small class="why">${message}</small>` : nothing}
    </td>
    <td data-label=${words.value.serves}>
      ${scopes.length > 0 ? scopes.map((scope) => tag(scope)) : html`<span class="quiet">${functionWords.value.idle}</span>`}
    </td>
    <td class="act">
      ${
        scopes.length === 0 && servingOf(fn)
          ? html`<a
              class="btn"
              href=${paths.planMove(fn.id, { to: provider.id })}
              aria-label=${words.value.moveTo(providerTitle(provider))}
              >${words.value.moveHere}</a
            >`
          : nothing
      }
    </td>
  </tr>`;
}

/** A provider's plugin and its version, as far as known. */
export function versionOf({ plugin }: ProviderView): string {
  const manifest = plugins.value?.find(({ id }) => id === plugin);
  return manifest ? `${plugin} ${manifest.version}` : plugin;
}
