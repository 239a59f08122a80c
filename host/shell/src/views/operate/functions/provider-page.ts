import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { numberOf } from '../../../format/numbers.ts';
import { go } from '../../../router.ts';
import { api, failureOf } from '../../../state/api.ts';
import { tell } from '../../../state/notices.ts';
import { language, texts } from '../../../text/text.ts';
import { confirm } from '../confirm.ts';
import {
  bindingsOf,
  findProvider,
  functions,
  type FunctionView,
  groups,
  plugins,
  providerTitle,
  type ProviderView,
  titleOf,
} from '../data.ts';
import { tellFailure } from '../explain.ts';
import { PageElement } from '../page-element.ts';
import { callout, emptyPlace, healthMark, pageHead, tag, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { asksFor } from '../plugins/asks-for.ts';
import { Poll } from '../poll.ts';
import { Resource } from '../resource.ts';
import { featureName, inOrder, recordName } from '../vocabulary.ts';
import { functionCrumbs } from './function-crumbs.ts';
import { functionWords } from './function-words.ts';
import { pageLinks } from '../frame/page-links.ts';
import './provider-settings.ts';
import { inScopeOrder, scopeName } from './scopes.ts';

const words = texts({
  sv: {
    unwell: 'Leverantören svarar inte som den ska.',
    unwellTodo:
      'Rätta inställningarna nedan. När den svarar igen kan funktionen också flyttas till en annan leverantör.',
    holds: 'Vad den håller',
    holdsNothing: 'Ingenting än.',
    can: 'Vad den kan',
    about: 'Insticksprogram',
    remove: 'Ta bort leverantören',
    removeTitle: (title: string) => `Ta bort ${title}?`,
    removeBody: 'Leverantören stoppas och dess inställningar tas bort. Det går inte att ångra.',
    erase: 'Radera också dess innehåll i databasen',
    eraseHint: 'Annars ligger det kvar, och finns där om en leverantör med samma kortnamn läggs till.',
    removed: (title: string) => `${title} är borttagen.`,
    inUse: 'Den är i drift. Flytta funktionen till en annan leverantör först.',
    busy: 'Den är med i en flytt. Avsluta flytten eller gå tillbaka först.',
    unknown: 'Leverantören finns inte',
    unknownHint: 'Den kan ha tagits bort.',
  },
  en: {
    unwell: 'The provider does not answer as it should.',
    unwellTodo: 'Correct the settings below. Once it answers again the function can also be moved to another provider.',
    holds: 'What it holds',
    holdsNothing: 'Nothing yet.',
    can: 'What it can do',
    about: 'Plugin',
    remove: 'Remove the provider',
    removeTitle: (title: string) => `Remove ${title}?`,
    removeBody: 'The provider is stopped and its settings are removed. This cannot be undone.',
    erase: 'Also erase what it holds in the database',
    eraseHint: 'Otherwise it stays, and is there if a provider of the same short name is added.',
    removed: (title: string) => `${title} is removed.`,
    inUse: 'It is in use. Move the function to another provider first.',
    busy: 'It takes part in a move. Finish that move or roll it back first.',
    unknown: 'There is no such provider',
    unknownHint: 'It may have been removed.',
  },
});

const CHECK = 20_000; // ms

/** One provider: how it is, what it holds and can, its settings, and the way to take it out. */
@customElement('vf-provider-page')
export class ProviderPageElement extends PageElement {
  @property() instance = '';
  @state() private busy = false;
  private readonly counts = new Resource(() => api.functions.counts.query({ instance: this.instance }));
  readonly poll = new Poll(
    this,
    () => CHECK,
    () => Promise.all([functions, groups, plugins, this.counts].map((resource) => resource.refresh())),
  );

  private get found(): { readonly provider: ProviderView; readonly fn: FunctionView } | undefined {
    return findProvider(functions.value ?? [], this.instance);
  }

  protected override get heading(): string {
    return titleOf(this.instance);
  }

  override render(): TemplateResult {
    const { found } = this;
    const crumbs = functionCrumbs(found?.fn.id);
    const serves = found ? inScopeOrder(bindingsOf(found.fn, this.instance)) : [];
    const lead = found
      ? html`${healthMark(found.provider.health)}
        ${serves.length > 0 ? serves.map(({ scope }) => tag(scopeName(scope, groups.value))) : functionWords.value.idle}`
      : '';
    return html`${pageHead({ title: this.heading, crumbs, lead })}
    ${whenRead(functions, () => (found ? this.body(found.provider, found.fn) : emptyPlace(words.value.unknown, words.value.unknownHint)))}`;
  }

  private body(provider: ProviderView, fn: FunctionView): TemplateResult {
    const plugin = plugins.value?.find(({ id }) => id === provider.plugin);
    const { ok, message } = provider.health;
    const able = inOrder(Object.keys(provider.features));
    return html`${
        ok
          ? nothing
          : callout(
              'bad',
              'warning',
              html`<p><strong>${words.value.unwell}</strong> ${message}</p>
                <p>${words.value.unwellTodo}</p>`,
            )
      }
      ${pageLinks(provider)}
      <div class="columns">
        <section class="box">
          <h2>${words.value.holds}</h2>
          ${this.held()}
        </section>
        <section class="box">
          <h2>${words.value.can}</h2>
          ${
            able.length === 0
              ? html`<p class="quiet">–</p>`
              : html`<ul class="ticks">
                  ${able.map((name) => html`<li>${icon('check')}${featureName(name)}</li>`)}
                </ul>`
          }
        </section>
      </div>
      ${
        plugin
          ? html`<vf-provider-settings .provider=${provider} .plugin=${plugin}></vf-provider-settings>
              <section>
                <h2>${words.value.about}</h2>
                <p>
                  <a href=${paths.plugin(plugin.id)}>${plugin.title[language.value]}</a>
                  <span class="quiet">${plugin.id} ${plugin.version} · ${plugin.license}</span>
                </p>
              </section>
              ${asksFor(plugin)}`
          : nothing
      }
      <p class="last">
        <button class="btn danger" ?disabled=${this.busy} @click=${() => this.takeAway(provider, fn)}>
          ${icon('trash')} ${words.value.remove}
        </button>
      </p>`;
  }

  private held(): TemplateResult {
    const { value } = this.counts;
    if (value === undefined) return html`<p class="quiet">–</p>`;
    const kinds = Object.entries(value).filter(([, count]) => count > 0);
    if (kinds.length === 0) return html`<p class="quiet">${words.value.holdsNothing}</p>`;
    return html`<dl class="facts">
      ${kinds.map(
        ([type, count]) =>
          html`<div>
            <dt>${recordName(type)}</dt>
            <dd>${numberOf(count)}</dd>
          </div>`,
      )}
    </dl>`;
  }

  private async takeAway(provider: ProviderView, fn: FunctionView): Promise<void> {
    const [{ id }, title] = [provider, providerTitle(provider)];
    const { removeTitle, removeBody, remove, erase, eraseHint, removed, inUse, busy } = words.value;
    if (bindingsOf(fn, id).length > 0) return tell(inUse, { kind: 'bad' });
    const question = { title: removeTitle(title), body: removeBody, verb: remove, danger: true };
    const answer = await confirm({ ...question, option: { label: erase, hint: eraseHint } });
    if (!answer) return;
    this.busy = true;
    try {
      await api.functions.removeInstance.mutate({ id, eraseData: answer.option });
      tell(removed(title));
      await functions.refresh();
      go(paths.function(fn.id));
    } catch (error) {
      tellFailure(failureOf(error), { CONFLICT: busy });
    } finally {
      this.busy = false;
    }
  }
}
