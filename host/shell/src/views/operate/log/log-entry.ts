import { html, nothing, type TemplateResult } from 'lit';
import { dateOf, exactly, timeOf } from '../../../format/dates.ts';
import { durationOf } from '../../../format/numbers.ts';
import { api } from '../../../state/api.ts';
import { nameOf } from '../../../state/people.ts';
import { texts } from '../../../text/text.ts';
import { functions, groups, titleOf } from '../data.ts';
import { type ScopeView, scopeName } from '../functions/scopes.ts';
import { paths } from '../paths.ts';
import { personWords } from '../people/person-words.ts';
import { functionName } from '../vocabulary.ts';
import { logWords } from './log-words.ts';

const words = texts({
  sv: {
    details: 'Detaljer',
    place: (n: number) => `Post ${n}`,
    move: 'Visa flytten',
    yes: 'Ja',
    no: 'Nej',
    nobody: 'en adress som ingen har',
  },
  en: {
    details: 'Details',
    place: (n: number) => `Entry ${n}`,
    move: 'Show the move',
    yes: 'Yes',
    no: 'No',
    nobody: 'an address that nobody has',
  },
});

/** An entry of the log. */
export type LogEntry = Awaited<ReturnType<typeof api.system.audit.query>>[number];

/** Who did something, by name. */
function actorName(actor: string): string {
  return logWords.value.actors[actor] ?? nameOf(actor);
}

/** What something was done to, leading to its page where it has one. */
function target({ action, target: id, actor }: LogEntry): TemplateResult | typeof nothing {
  const [named, what] = action.split('.');
  // Of an app password that was refused, it is said whose it would have been.
  const area = named === 'appPassword' && (what === 'refused' || what === 'blocked') ? 'session' : named;
  if (area === 'session' && id === 'unknown') return html`${words.value.nobody}`;
  if (area === 'person' || area === 'session')
    return id === actor
      ? nothing
      : html`<a href=${paths.person(id)}>${/^[0-9a-f-]{36}$/.test(id) ? nameOf(id) : id}</a>`;
  if (area === 'group')
    return html`<a href=${paths.group(id)}
      >${groups.value?.find((group) => group.id === id)?.name ?? id.slice(0, 8)}</a
    >`;
  if (area === 'swap') return html`<a href=${paths.move(id)}>${words.value.move}</a>`;
  if (area === 'binding') return html`<a href=${paths.function(id)}>${functionName(id)}</a>`;
  if (area !== 'instance') return nothing;
  const known = functions.value?.some(({ instances }) => instances.some((each) => each.id === id));
  return known ? html`<a href=${paths.provider(id)}>${titleOf(id)}</a>` : html`${id}`;
}

/** What a detail says, as people say it. */
function sayDetail(name: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? words.value.yes : words.value.no;
  if (name === 'pauseMs' && typeof value === 'number') return durationOf(value);
  if (name === 'endsAt' && typeof value === 'number') return dateOf(value);
  if (name === 'person') return nameOf(String(value));
  if (name === 'from' || name === 'to' || name === 'instance') return titleOf(String(value));
  if (name === 'kind') return value === 'guest' ? personWords.value.guest : personWords.value.member;
  if (name === 'scope') return scopeName(value as ScopeView, groups.value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One entry: when, who, what; its details when opened. */
export function logEntry(entry: LogEntry): TemplateResult {
  const { place, at, actor, action, details } = entry;
  const more = Object.entries(details ?? {});
  return html`<li class="entry">
    <time datetime=${new Date(at).toISOString()} title=${exactly(at)}>${timeOf(at)}</time>
    <div>
      <p><strong>${actorName(actor)}</strong> ${logWords.value.actions[action] ?? action} ${target(entry)}</p>
      ${
        more.length === 0
          ? nothing
          : html`<details>
              <summary>
                ${words.value.details}<span class="visually-hidden">, ${words.value.place(place)}</span>
              </summary>
              <dl>
                ${more.map(
                  ([name, value]) =>
                    html`<div>
                      <dt>${logWords.value.details[name] ?? name}</dt>
                      <dd>${sayDetail(name, value)}</dd>
                    </div>`,
                )}
              </dl>
            </details>`
      }
    </div>
    <span class="place" title=${words.value.place(place)}>${place}</span>
  </li>`;
}
