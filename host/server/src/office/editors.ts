import {
  Bindings,
  type Caller,
  createHandle,
  type Handle,
  type HandleSource,
  type Instance,
  Instances,
} from '@valfri/core';
import type { Kernel } from '@valfri/core';
import { office, type OfficeAction, type OfficeFormat } from '@valfri/sdk';
import type { Log } from '../log.ts';
import type { Standing } from '../people/people.ts';
import { actionGiven, fits, type OpenerRules } from './opener-rules.ts';

/** How long it is believed what an editor has said of its formats, in milliseconds. */
const BELIEVED = 10_000;
/** How long an editor may take to say which formats it has, in milliseconds. */
const PATIENCE = 3_000;

const sources = new WeakMap<Instance, HandleSource>();

/** Calls one editor, whoever is bound, and past its fence: who calls has entered it, or means to. */
export function editorHandle(instance: Instance, caller: Caller): Handle<typeof office> {
  const known = sources.get(instance) ?? sourceOf(instance);
  sources.set(instance, known);
  return createHandle(office, known, caller);
}

function sourceOf(instance: Instance): HandleSource {
  const instances = new Instances();
  instances.add(instance);
  const binding = { capability: office.id, scope: { kind: 'default' }, instance: instance.id, generation: 1 } as const;
  return { bindings: new Bindings([binding]), instances };
}

/** A standing as a caller. */
export function callerOf({ id, organisation, groups }: Standing): Caller {
  return { person: id, organisation, groups };
}

/** An editor that would open a file, and what could be done there. */
export interface Candidate {
  readonly instance: string;
  readonly action: OfficeAction;
}

/** Who would open a file. */
export interface Candidates {
  /** Those to choose from, the first one first. */
  readonly preferred: readonly Candidate[];
  /** All that could, also such as nobody chose. */
  readonly able: ReadonlyMap<string, OfficeAction>;
  /** Those that did not say what they can. */
  readonly silent: readonly string[];
}

/** What is about to be opened. */
export interface Wanted {
  readonly extension: string;
  readonly may: OfficeAction;
  readonly wanted: OfficeAction;
  /** The instance that the person asks for. */
  readonly with?: string | undefined;
}

/** What an editor can do with files of one kind. */
export interface EditorFormat extends OfficeFormat {
  readonly instance: string;
}

/** The editors at work: what each can open, and which is to be taken. */
export class Editors {
  readonly #kernel: Kernel;
  readonly #rules: OpenerRules;
  readonly #log: Log;
  readonly #known = new WeakMap<Instance, { readonly formats: readonly OfficeFormat[]; readonly until: number }>();

  constructor(given: { readonly kernel: Kernel; readonly rules: OpenerRules; readonly log: Log }) {
    this.#kernel = given.kernel;
    this.#rules = given.rules;
    this.#log = given.log;
  }

  /** What all that may be chosen can open. */
  async formats(standing: Standing): Promise<readonly EditorFormat[]> {
    const chosen = await this.#chosen(standing);
    const found = await Promise.all(
      chosen.map(async (id) => {
        const formats = (await this.#formatsOf(this.#kernel.instances.get(id), standing)) ?? [];
        return formats.map((format) => ({ ...format, instance: id }));
      }),
    );
    return found.flat();
  }

  /** The editors to choose from: who is bound for the person first, then others that are bound, then those that rules name. */
  async #chosen({ groups, organisation }: Standing): Promise<readonly string[]> {
    const { bindings } = this.#kernel;
    const own = bindings.resolve(office.id, { groups, organisation })?.instance;
    const named = (await this.#rules.all()).map(({ instance }) => instance);
    const all = [...(own === undefined ? [] : [own]), ...bindings.instancesOf(office.id), ...named];
    return [...new Set(all)].filter((id) => this.#kernel.instances.get(id)?.capability.id === office.id);
  }

  async candidates(standing: Standing, asked: Wanted): Promise<Candidates> {
    const running = this.#kernel.instances.all.filter(({ capability }) => capability.id === office.id);
    const able = new Map<string, OfficeAction>();
    const silent: string[] = [];
    await Promise.all(
      running.map(async (instance) => {
        const formats = await this.#formatsOf(instance, standing);
        if (!formats) return void silent.push(instance.id);
        const format = formats.find(({ extension }) => extension === asked.extension);
        const action = format && actionGiven(format.actions, asked);
        if (action) able.set(instance.id, action);
      }),
    );
    const opening = { extension: asked.extension, action: leastOf(asked), groups: standing.groups };
    const ruled = (await this.#rules.all()).filter((rule) => fits(rule, opening)).map(({ instance }) => instance);
    const chosen = await this.#chosen(standing);
    const wished = asked.with !== undefined && chosen.includes(asked.with) ? [asked.with] : [];
    const preferred = [...new Set([...wished, ...ruled, ...chosen])].flatMap((instance) => {
      const action = able.get(instance);
      return action ? [{ instance, action }] : [];
    });
    return { preferred, able, silent };
  }

  /** `undefined` where it does not say. */
  async #formatsOf(instance: Instance | undefined, standing: Standing): Promise<readonly OfficeFormat[] | undefined> {
    if (!instance) return undefined;
    const known = this.#known.get(instance);
    if (known && known.until > Date.now()) return known.formats;
    try {
      const answer = await editorHandle(instance, callerOf(standing)).listFormats({}, { timeout: PATIENCE });
      const { formats } = office.operations.listFormats.output.parse(answer);
      this.#known.set(instance, { formats, until: Date.now() + BELIEVED });
      return formats;
    } catch (error) {
      this.#log.warn('An editor did not say what it can open.', { instance: instance.id, error });
      return undefined;
    }
  }
}

function leastOf({ may, wanted }: Wanted): OfficeAction {
  return actionGiven(['view', 'comment', 'review', 'edit'], { may, wanted }) ?? 'view';
}
