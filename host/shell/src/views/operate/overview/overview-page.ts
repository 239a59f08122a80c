import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { icon } from '../../../components/icon.ts';
import { exactly, momentOf, sayWhen } from '../../../format/dates.ts';
import { durationOf, numberOf } from '../../../format/numbers.ts';
import { text, texts } from '../../../text/text.ts';
import { functions, type FunctionView, host, moves, providerTitle, servingOf } from '../data.ts';
import { functionWords } from '../functions/function-words.ts';
import { isPaused, isRunning, isUnderWay } from '../move/estimate.ts';
import { moveList } from '../move/move-list.ts';
import { pageName } from '../nav.ts';
import { PageElement } from '../page-element.ts';
import { callout, healthMark, pageHead, tag, whenRead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { Poll } from '../poll.ts';
import { functionFirst, functionName } from '../vocabulary.ts';

const words = texts({
  sv: {
    well: 'Allt fungerar.',
    notWell: (n: number) => (n === 1 ? 'En sak behöver dig.' : `${n} saker behöver dig.`),
    functions: 'Funktioner',
    server: 'Servern',
    moves: 'Senaste flyttarna',
    noMoves: 'Inget har flyttats än.',
    allMoves: 'Alla flyttar',
    database: 'Databas',
    embedded: 'Inbyggd',
    answers: (time: string) => `svarar på ${time}`,
    backup: 'Säkerhetskopia',
    noBackup: 'Ingen gjord än.',
    oldBackup: 'Den senaste är äldre än ett dygn.',
    backupHow: 'Gör en med kommandot',
    folder: 'mapp',
    rows: (n: string) => `${n} rader`,
    connections: 'Anslutna nu',
    version: 'Version',
    address: 'Adress',
    unserved: (the: string) => `${the}: ingen leverantör är vald.`,
    unwell: (the: string, title: string) => `${the}: ${title} svarar inte som den ska.`,
    stopped: (the: string) => `${the}: en flytt stannade och väntar på dig.`,
    moving: (the: string) => `${the} flyttas just nu.`,
    observing: (the: string, date: string) => `${the} har flyttats. Du kan gå tillbaka fram till ${date}.`,
    show: 'Visa',
  },
  en: {
    well: 'Everything works.',
    notWell: (n: number) => (n === 1 ? 'One thing needs you.' : `${n} things need you.`),
    functions: 'Functions',
    server: 'The server',
    moves: 'Latest moves',
    noMoves: 'Nothing has been moved yet.',
    allMoves: 'All moves',
    database: 'Database',
    embedded: 'Built in',
    answers: (time: string) => `answers in ${time}`,
    backup: 'Backup',
    noBackup: 'None made yet.',
    oldBackup: 'The latest is more than a day old.',
    backupHow: 'Make one with the command',
    folder: 'folder',
    rows: (n: string) => `${n} rows`,
    connections: 'Connected now',
    version: 'Version',
    address: 'Address',
    unserved: (the: string) => `${the}: no provider is chosen.`,
    unwell: (the: string, title: string) => `${the}: ${title} does not answer as it should.`,
    stopped: (the: string) => `${the}: a move stopped and waits for you.`,
    moving: (the: string) => `${the} is being moved right now.`,
    observing: (the: string, date: string) => `${the} has been moved. You can go back until ${date}.`,
    show: 'Show',
  },
});

const CHECK = 10_000; // ms
const DAY = 24 * 3_600_000;
const SHOWN = 5;

/** How all is, and what needs the operator. */
@customElement('vf-overview-page')
export class OverviewPageElement extends PageElement {
  readonly poll = new Poll(
    this,
    () => CHECK,
    () => Promise.all([functions, host, moves].map((resource) => resource.refresh())),
  );

  protected override get heading(): string {
    return pageName('overview');
  }

  override render(): TemplateResult {
    return html`${pageHead({ title: this.heading })}
      ${whenRead(functions, (all) => html`${whatNeeds(all)} ${underWay()} ${functionList(all)}`)}
      <section>
        <h2>${words.value.server}</h2>
        ${whenRead(host, serverFacts)}
      </section>
      <section>
        <h2>${words.value.moves}</h2>
        ${whenRead(moves, (all) => html`${moveList(all.slice(0, SHOWN), words.value.noMoves)}${all.length > SHOWN ? html`<p><a href=${paths.moves}>${words.value.allMoves}</a></p>` : nothing}`)}
      </section>`;
  }
}

type Need = readonly [said: string, path: string, why?: string | undefined];

function needs(all: readonly FunctionView[]): readonly Need[] {
  const { unserved, unwell, stopped } = words.value;
  const ill = all.flatMap((fn): Need[] => {
    const serving = servingOf(fn);
    if (!serving) return [[unserved(functionFirst(fn.id)), paths.function(fn.id)]];
    if (serving.health.ok) return [];
    return [[unwell(functionFirst(fn.id), providerTitle(serving)), paths.provider(serving.id), serving.health.message]];
  });
  const halted = (moves.value ?? [])
    .filter(({ state }) => state === 'stopped')
    .map(({ id, capability }): Need => [stopped(functionFirst(capability)), paths.move(id)]);
  return [...ill, ...halted];
}

function whatNeeds(all: readonly FunctionView[]): TemplateResult {
  const found = needs(all);
  if (found.length === 0) return html`<p class="all-well" role="status">${icon('check')} ${words.value.well}</p>`;
  return callout(
    'bad',
    'warning',
    html`<p><strong>${words.value.notWell(found.length)}</strong></p>
      <ul>
        ${found.map(([said, path, why]) => html`<li><a href=${path}>${said}</a> ${why ?? ''}</li>`)}
      </ul>`,
  );
}

function underWay(): TemplateResult | typeof nothing {
  const going = (moves.value ?? []).filter(isUnderWay);
  if (going.length === 0) return nothing;
  return html`${going.map((swap) => {
    const the = functionFirst(swap.capability);
    const said =
      isRunning(swap) || swap.observeUntil === undefined
        ? words.value.moving(the)
        : words.value.observing(the, momentOf(swap.observeUntil));
    const open = html`<a class="btn" href=${paths.move(swap.id)}>${words.value.show}</a>`;
    return callout('info', isPaused(swap) ? 'pause' : 'swap', html`<p>${said}</p>`, open);
  })}`;
}

function functionList(all: readonly FunctionView[]): TemplateResult {
  return html`<section>
    <h2>${words.value.functions}</h2>
    <ul class="rows">
      ${all.map((fn) => {
        const serving = servingOf(fn);
        return html`<li class="link-box">
          <div>
            <a href=${paths.function(fn.id)}>${functionName(fn.id)}</a>
            <p class="quiet">
              ${serving ? functionWords.value.servedBy(providerTitle(serving)) : functionWords.value.nobody}
            </p>
          </div>
          ${serving ? healthMark(serving.health) : tag(functionWords.value.unserved, 'bad')}
        </li>`;
      })}
    </ul>
  </section>`;
}

function serverFacts(status: NonNullable<typeof host.value>): TemplateResult {
  const { version, publicUrl, database, databaseMs, connections, backup } = status;
  const fact = (name: string, said: unknown) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${said}</dd>
    </div>`;
  return html`<dl class="facts box">
    ${fact(words.value.database, html`${database === 'embedded' ? words.value.embedded : database} <span class="quiet">${words.value.answers(durationOf(Math.max(1, databaseMs)))}</span>`)}
    ${fact(words.value.backup, sayBackup(backup))} ${fact(words.value.connections, numberOf(connections))}
    ${fact(words.value.version, `${text.value.appName} ${version}`)} ${fact(words.value.address, publicUrl)}
  </dl>`;
}

function sayBackup(backup: { readonly at: number; readonly rows: number } | undefined): TemplateResult {
  const how = html`<span class="quiet">${words.value.backupHow}</span>
    <code>npm run valfri -- backup &lt;${words.value.folder}&gt;</code>`;
  if (!backup) return html`${tag(words.value.noBackup, 'warn')} ${how}`;
  const old = Date.now() - backup.at > DAY;
  return html`<time datetime=${new Date(backup.at).toISOString()} title=${exactly(backup.at)}
      >${sayWhen(backup.at)}</time
    >
    <span class="quiet">${words.value.rows(numberOf(backup.rows))}</span>
    ${old ? html`${tag(words.value.oldBackup, 'warn')} ${how}` : nothing}`;
}
