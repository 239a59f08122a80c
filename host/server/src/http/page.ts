import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chat } from '@valfri/sdk';
import type { Standing } from '../people/people.ts';
import { featuresFor } from '../router/functions-router.ts';
import { sessionInfo } from '../router/session-router.ts';
import type { HostServices } from '../services.ts';

const PATIENCE = 400; // ms
const FIRST_PAGE = 40;

/** The shell's page, with what it needs to draw its first view written into it, so that it need not ask. */
export class Page {
  readonly #services: HostServices;
  readonly #before: string;
  readonly #after: string;

  constructor(services: HostServices, directory: string) {
    this.#services = services;
    const html = readFileSync(join(directory, 'index.html'), 'utf8');
    const [before, after] = html.split('<!--bootstrap-->');
    if (after === undefined) throw new Error(`${directory}/index.html has no place for what the shell begins with`);
    [this.#before, this.#after] = [before!, after];
  }

  async render(path: string, standing: Standing | undefined): Promise<string> {
    const bootstrap = await this.#bootstrap(path, standing);
    // The characters that could end the element, or be read as a line's end where JSON has none.
    const json = JSON.stringify(bootstrap).replace(
      /[<\u2028\u2029]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    return `${this.#before}<script type="application/json" id="bootstrap">${json}</script>${this.#after}`;
  }

  async #bootstrap(path: string, standing: Standing | undefined): Promise<Record<string, unknown>> {
    const services = this.#services;
    const session = await sessionInfo({ services, standing });
    if (!standing) return { session };
    const preferences = await services.preferences.of(standing.id);
    const [read, start] = await Promise.all([
      services.readState.of(standing.id),
      inTime(this.#chat(path, standing, preferences.lastRoom)),
    ]);
    const at = services.outbox.position;
    const frames = services.pages.originsFor(standing);
    return { session, preferences, features: featuresFor(services, standing), read, at, frames, ...start };
  }

  /** The rooms and the page of the one that is open; left out where the provider takes too long. */
  async #chat(
    path: string,
    { id, organisation, groups }: Standing,
    lastRoom: string | undefined,
  ): Promise<Record<string, unknown>> {
    if (!this.#services.kernel.features('chat', { organisation, groups })) return {};
    const handle = this.#services.kernel.handle(chat, { person: id, organisation, groups });
    const { rooms } = await handle.listRooms({});
    const [, named, message] = /^\/chat\/([0-9a-f-]{36})(?:\/([0-9a-f-]{36}))?/.exec(path) ?? [];
    const wanted = named ?? (path === '/' || path === '/chat' ? lastRoom : undefined);
    const room = rooms.find((known) => known.id === wanted)?.id;
    const history =
      room === undefined
        ? undefined
        : await handle
            .history({ room, limit: FIRST_PAGE, ...(message ? { around: message } : {}) })
            .catch(() => undefined);
    const people = new Set(rooms.flatMap((known) => known.people));
    for (const { author, mentions, reactions } of history?.messages ?? []) {
      for (const person of [author, ...mentions, ...reactions.flatMap((reaction) => reaction.people)])
        people.add(person);
    }
    return {
      rooms,
      ...(history ? { history: { room, ...history } } : {}),
      people: await this.#services.people.byIds(organisation, [...people].slice(0, 500)),
    };
  }
}

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE);
  });
  return Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
