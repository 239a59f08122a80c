import { signal } from '@preact/signals-core';
import { api, type Failure, failureOf } from '../../state/api.ts';
import { onEvents } from '../../state/live.ts';
import { theme } from '../../state/preferences.ts';
import { language } from '../../text/text.ts';

/** A file that is open, and the page that shows it. */
export type Opened = Awaited<ReturnType<typeof api.office.open.mutate>>;

/** How the file is to be opened. */
export interface Opening {
  readonly file: string;
  readonly with?: string | undefined;
  readonly viewOnly?: boolean | undefined;
}

/** How often the host hears that the file is still open, in milliseconds. */
const BEAT_EVERY = 20_000;
/** How often in a row a session that ended is opened anew by itself. */
const MOST_AGAIN = 3;

/** One person with one file open: opened, kept open, and closed with what holds it. */
export class EditSession {
  /** What was opened; `undefined` while it is not. */
  readonly opened = signal<Opened | undefined>(undefined);
  readonly failure = signal<Failure | undefined>(undefined);
  /** Why it was taken away, where it was. */
  readonly taken = signal<'revoked' | 'rights' | undefined>(undefined);
  /** Another editor is taking over: nothing is to be written meanwhile. */
  readonly moving = signal(false);
  /** Has the page send what it alone has; settles when it has, or has not in time. */
  handOver: () => Promise<void> = async () => undefined;
  /** Who has the file open, oneself among them. */
  readonly people = signal<readonly string[]>([]);
  readonly #opening: Opening;
  readonly #stop: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #again = 0;
  #turn = 0;

  constructor(opening: Opening) {
    this.#opening = opening;
    const stop = onEvents({
      'office.editors': ({ file }) => file === opening.file && void this.beat(),
      'binding.changed': ({ capability }) => capability === 'office' && void this.beat(),
      'live.ready': () => void this.beat(),
      'office.moving': ({ instance }) => instance === this.opened.peek()?.instance && void this.#changeEditor(),
    });
    const left = () => this.#leave();
    const back = ({ persisted }: PageTransitionEvent) => persisted && void this.open();
    addEventListener('pagehide', left);
    addEventListener('pageshow', back);
    this.#stop = () => {
      stop();
      removeEventListener('pagehide', left);
      removeEventListener('pageshow', back);
    };
  }

  async open(): Promise<void> {
    const mine = ++this.#turn;
    clearInterval(this.#timer);
    this.opened.value = undefined;
    [this.failure.value, this.taken.value] = [undefined, undefined];
    const { file, with: editor, viewOnly } = this.#opening;
    const how = { language: language.peek(), theme: theme.peek(), ...(viewOnly ? { action: 'view' as const } : {}) };
    try {
      const opened = await api.office.open.mutate({ file, ...how, ...(editor ? { with: editor } : {}) });
      if (mine !== this.#turn) return void api.office.close.mutate({ session: opened.session }).catch(() => undefined);
      this.opened.value = opened;
      this.#timer = setInterval(() => void this.beat(), BEAT_EVERY);
      await this.beat();
    } catch (error) {
      if (mine === this.#turn) this.failure.value = failureOf(error);
    }
  }

  /** Says that it is still open; where it is not, it is opened anew, unless it was taken away. */
  async beat(): Promise<void> {
    const session = this.opened.peek()?.session;
    if (session === undefined || this.moving.peek()) return;
    try {
      const { open, people, because } = await api.office.beat.mutate({ session });
      if (this.opened.peek()?.session !== session) return;
      this.people.value = people;
      if (open) return void (this.#again = 0);
      if (because === 'closed' || because === 'moved') await this.#openAgain();
      else this.#takenAway(because ?? 'revoked');
    } catch (error) {
      // Who is cut off comes back; a session that is not known is begun anew.
      if (failureOf(error).code === 'NOT_FOUND') await this.#openAgain();
    }
  }

  async #openAgain(): Promise<void> {
    if (++this.#again > MOST_AGAIN) return this.#takenAway('revoked');
    await this.open();
  }

  /** Hands over what is in the page alone; then the file is opened again, with whoever serves by then. */
  async #changeEditor(): Promise<void> {
    const session = this.opened.peek()?.session;
    if (session === undefined || this.moving.peek()) return;
    this.moving.value = true;
    clearInterval(this.#timer);
    try {
      await this.handOver();
      await api.office.close.mutate({ session }).catch(() => undefined);
      await this.open();
    } finally {
      this.moving.value = false;
    }
  }

  #takenAway(why: 'revoked' | 'rights'): void {
    clearInterval(this.#timer);
    this.opened.value = undefined;
    this.taken.value = why;
  }

  close(): void {
    this.#turn += 1;
    clearInterval(this.#timer);
    this.#stop();
    this.#leave();
  }

  /** Also while the page goes: what is asked then is sent all the same. */
  #leave(): void {
    const session = this.opened.peek()?.session;
    if (session === undefined) return;
    const headers = { 'content-type': 'application/json' };
    const given = { method: 'POST', keepalive: true, headers, body: JSON.stringify({ session }) };
    void fetch('/trpc/office.close', given).catch(() => undefined);
  }
}
