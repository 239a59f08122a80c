import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ShellElement } from '../../../components/element.ts';
import { icon } from '../../../components/icon.ts';
import { api, type Failure, failureOf } from '../../../state/api.ts';
import { tell } from '../../../state/notices.ts';
import { text, texts } from '../../../text/text.ts';
import { confirm } from '../confirm.ts';
import { functions, type FunctionView, groups, providerTitle, titleOf } from '../data.ts';
import { explainHere, tellFailure } from '../explain.ts';
import { paths } from '../paths.ts';
import { type BindingView, inScopeOrder, scopeName } from './scopes.ts';

const words = texts({
  sv: {
    who: 'Vem',
    provider: 'Leverantör',
    action: 'Åtgärd',
    hint: 'Det närmaste valet gäller: en grupps eget val går före organisationens. Ett nytt val gäller från och med nu; inget flyttas.',
    choose: 'Låt',
    use: 'använda',
    add: 'Ge ett eget val',
    noGroups: 'För att ge en del av organisationen en egen leverantör behövs en grupp.',
    toGroups: 'Till grupper',
    remove: 'Ta bort valet',
    removeFor: (who: string) => `Ta bort valet för ${who}`,
    removeTitle: (who: string) => `Ta bort valet för ${who}?`,
    removeBody: 'Gruppen följer då alla andra.',
    removed: 'Valet är borttaget.',
    added: (who: string, title: string) => `${who} använder nu ${title}.`,
    alone:
      'Den leverantören sköter bara den här gruppen. Flytta först innehållet till samma leverantör som alla andra.',
    taken: 'Här finns redan ett val. Planera en flytt för att ändra det, så går inget förlorat.',
    caption: 'Val av leverantör',
    none: 'Ingen har valt en leverantör än. Välj en nedan, så börjar den sköta funktionen.',
  },
  en: {
    who: 'Who',
    provider: 'Provider',
    action: 'Action',
    hint: 'The nearest choice counts: a group’s own goes before the organisation’s. A new choice holds from now on; nothing is moved.',
    choose: 'Let',
    use: 'use',
    add: 'Give a choice of its own',
    noGroups: 'To give a part of the organisation its own provider you need a group.',
    toGroups: 'To groups',
    remove: 'Remove the choice',
    removeFor: (who: string) => `Remove the choice for ${who}`,
    removeTitle: (who: string) => `Remove the choice for ${who}?`,
    removeBody: 'The group then follows everybody else.',
    removed: 'The choice is removed.',
    added: (who: string, title: string) => `${who} now uses ${title}.`,
    alone: 'That provider serves this group alone. First move what it holds to the provider of everybody else.',
    taken: 'There is a choice here already. Plan a move to change it, so that nothing is lost.',
    caption: 'Choice of provider',
    none: 'Nobody has chosen a provider yet. Choose one below and it begins to serve.',
  },
});

type Scope = Parameters<typeof api.functions.bind.mutate>[0]['scope'];

/** Who gets which provider of a function, and the choice of another for a group. */
@customElement('vf-bindings')
export class BindingsElement extends ShellElement {
  @property({ attribute: false }) fn!: FunctionView;
  @state() private failure: Failure | undefined;
  @state() private busy = false;

  override render(): TemplateResult {
    const { bindings } = this.fn;
    return html`${
        bindings.length === 0
          ? html`<p>${words.value.none}</p>`
          : html`<div class="table-box">
              <table class="stacks">
                <caption class="visually-hidden">
                  ${words.value.caption}
                </caption>
                <thead>
                  <tr>
                    <th scope="col">${words.value.who}</th>
                    <th scope="col">${words.value.provider}</th>
                    <th scope="col"><span class="visually-hidden">${words.value.action}</span></th>
                  </tr>
                </thead>
                <tbody>
                  ${inScopeOrder(bindings).map((binding) => this.row(binding))}
                </tbody>
              </table>
            </div>`
      }
      <p class="hint">${words.value.hint}</p>
      ${this.form()}`;
  }

  private row(binding: BindingView): TemplateResult {
    const who = scopeName(binding.scope, groups.value);
    return html`<tr>
      <th scope="row">${who}</th>
      <td data-label=${words.value.provider}>
        <a href=${paths.provider(binding.instance)}>${titleOf(binding.instance)}</a>
      </td>
      <td class="act">
        ${
          binding.scope.kind === 'group'
            ? html`<button
                class="icon-btn"
                aria-label=${words.value.removeFor(who)}
                title=${words.value.remove}
                @click=${() => this.takeAway(binding, who)}
              >
                ${icon('trash')}
              </button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  /** Scopes that have no choice of their own. */
  private get open(): readonly Scope[] {
    const taken = (kind: string, id?: string) =>
      this.fn.bindings.some(
        ({ scope }) => scope.kind === kind && (id === undefined || ('id' in scope && scope.id === id)),
      );
    return [
      ...(taken('default') ? [] : [{ kind: 'default' } as const]),
      ...(groups.value ?? []).filter(({ id }) => !taken('group', id)).map(({ id }) => ({ kind: 'group', id }) as const),
    ];
  }

  private form(): TemplateResult | typeof nothing {
    const { open } = this;
    if (this.fn.instances.length === 0 || groups.value === undefined) return nothing;
    if (open.length === 0)
      return groups.value.length > 0
        ? nothing
        : html`<p class="quiet">${words.value.noGroups} <a href=${paths.groups}>${words.value.toGroups}</a></p>`;
    return html`<form class="sentence" @submit=${this.add}>
      <label for="bind-scope">${words.value.choose}</label>
      <select class="input" id="bind-scope" name="scope">
        ${open.map((scope, i) => html`<option value=${i}>${scopeName(scope, groups.value)}</option>`)}
      </select>
      <label for="bind-instance">${words.value.use}</label>
      <select class="input" id="bind-instance" name="instance">
        ${this.fn.instances.map((provider) => html`<option value=${provider.id}>${providerTitle(provider)}</option>`)}
      </select>
      <button class="btn" ?disabled=${this.busy}>${words.value.add}</button>
      ${
        this.failure
          ? html`<p class="wrong" role="alert">
              ${explainHere(this.failure, { VF_ERR_BINDING_DUPLICATE: words.value.taken })}
            </p>`
          : nothing
      }
    </form>`;
  }

  private readonly add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const scope = this.open[Number(data.get('scope'))]!;
    const instance = String(data.get('instance'));
    this.busy = true;
    this.failure = undefined;
    try {
      await api.functions.bind.mutate({ capability: this.fn.id, scope, instance });
      tell(words.value.added(scopeName(scope, groups.value), titleOf(instance)));
      await functions.refresh();
    } catch (error) {
      this.failure = failureOf(error);
    } finally {
      this.busy = false;
    }
  };

  private async takeAway({ scope, instance }: BindingView, who: string): Promise<void> {
    const { removeTitle, removeBody, remove, removed, added, alone } = words.value;
    if (scope.kind !== 'group') return;
    if (!(await confirm({ title: removeTitle(who), body: removeBody, verb: remove, danger: true }))) return;
    const own = { kind: 'group', id: scope.id } as const;
    const undo = async () => {
      await api.functions.bind.mutate({ capability: this.fn.id, scope: own, instance }).then(
        () => tell(added(who, titleOf(instance))),
        (error) => tellFailure(failureOf(error)),
      );
      await functions.refresh();
    };
    try {
      await api.functions.unbind.mutate({ capability: this.fn.id, scope: own });
      tell(removed, { action: { label: text.value.undo, run: () => void undo() } });
    } catch (error) {
      tellFailure(failureOf(error), { CONFLICT: alone });
    }
    await functions.refresh();
    this.querySelector<HTMLElement>('select, a')?.focus();
  }
}
