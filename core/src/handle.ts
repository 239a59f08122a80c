import type { Bindings, CallScope } from './bindings.ts';
import type { CapabilityDefinition, OperationDefinition } from './capability.ts';
import { type Bytes, type BytesReader, type Content, hasBytes } from './content.ts';
import { CapabilityError, isCapabilityError } from './errors.ts';
import type { Instance, Instances } from './instances.ts';
import type { Call, CallOptions, Handle } from './provider.ts';

const DEFAULT_TIMEOUT = 10_000;

/** On whose behalf a handle calls. */
export interface Caller {
  readonly person: string;
  readonly organisation: string;
  readonly groups?: readonly string[];
}

/** What a handle looks things up in, anew at each call. */
export interface HandleSource {
  readonly bindings: Bindings;
  readonly instances: Instances;
}

type AnyOperation = (input: unknown, call: Call) => Promise<unknown>;
type HandleMethod = (input: Record<string, unknown>, options?: AnyOptions) => Promise<unknown>;
type AnyOptions = CallOptions & { readonly content?: Content };

/** Makes the handle through which a caller uses a capability. It costs little; make one for each request. */
export function createHandle<C extends CapabilityDefinition>(
  capability: C,
  source: HandleSource,
  caller: Caller,
): Handle<C> {
  const handle: Record<string, HandleMethod> = {};
  for (const [name, operation] of Object.entries(capability.operations)) {
    const target: Target = { capability, name, operation, source, caller };
    const ask = operation.gather === undefined ? call : gather;
    handle[name] = async (given, options) => ask(target, parsed(operation, given), options);
  }
  return handle as Handle<C>;
}

/** @throws INVALID with the path of the first field at fault. */
function parsed({ input }: OperationDefinition, given: unknown): Record<string, unknown> {
  const { success, data, error } = input.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  const field = issue?.path.join('.') || undefined;
  throw new CapabilityError(
    'INVALID',
    `${field ?? 'The input'}: ${issue?.message}`,
    field === undefined ? {} : { field },
  );
}

interface Target {
  readonly capability: CapabilityDefinition;
  readonly name: string;
  readonly operation: OperationDefinition;
  readonly source: HandleSource;
  readonly caller: Caller;
}

/** One call: what is asked, and how long it may take. */
interface Asked {
  readonly content: Content | undefined;
  readonly input: Record<string, unknown>;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

function askedOf(input: Record<string, unknown>, { timeout = DEFAULT_TIMEOUT, signal, content }: AnyOptions): Asked {
  return { input, timeout, signal, content };
}

async function call(target: Target, input: Record<string, unknown>, options: AnyOptions = {}): Promise<unknown> {
  const asked = askedOf(input, options);
  if (target.operation.effect === 'read') return invoke(target, resolve(target, input), asked);
  const began = Date.now();
  for (;;) {
    const instance = resolve(target, input);
    if (instance.fence.tryEnter()) return invokeInside(target, instance, asked);
    await instance.fence.opened(asked.timeout - (Date.now() - began));
  }
}

/**
 * A write stays inside the fence until the provider has answered, not only until the caller gave up: what is still
 * under way may yet be committed, and the fence must wait for it.
 */
function invokeInside(target: Target, instance: Instance, asked: Asked): Promise<unknown> {
  const leave = () => instance.fence.leave();
  let work: Promise<unknown>;
  try {
    work = start(target, instance, asked);
  } catch (error) {
    leave();
    throw error;
  }
  work.then(leave, leave);
  return answer(target, work, asked.timeout);
}

function invoke(target: Target, instance: Instance, asked: Asked): Promise<unknown> {
  return answer(target, start(target, instance, asked), asked.timeout);
}

function start(target: Target, instance: Instance, { input, signal, content }: Asked): Promise<unknown> {
  const operation = (instance.provider.operations as Record<string, AnyOperation | undefined>)[target.name];
  const missing = missingFeature(target.operation, input, instance.provider.features);
  if (!operation || missing !== undefined) {
    throw new CapabilityError('UNSUPPORTED', `The provider of ${target.capability.id} does not have "${missing}".`, {
      reason: missing ?? target.name,
    });
  }
  if (target.operation.content === 'in' && !content)
    throw new CapabilityError('INVALID', 'content: is missing.', { field: 'content' });
  const call = new HostCall(target.caller, signal, content);
  return target.operation.content === 'out'
    ? begun(operation, input, call).then((answer) => withBytes(target, answer))
    : begun(operation, input, call);
}

/** What fails on the way is told as what fails at once. */
function withBytes(target: Target, answer: unknown): unknown {
  if (!hasBytes(answer)) throw new TypeError(`${target.name} answered without content`);
  return { ...answer, content: carried(target, answer.content) };
}

function carried(target: Target, content: Bytes): Bytes {
  const { openReader } = content;
  return {
    [Symbol.asyncIterator]: () => carriedPieces(target, content),
    ...(openReader ? { openReader: () => carriedReader(target, openReader.call(content)) } : {}),
  };
}

async function* carriedPieces(target: Target, content: Bytes): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw translated(target, error);
  }
}

async function carriedReader(target: Target, opening: Promise<BytesReader>): Promise<BytesReader> {
  const fail = (error: unknown) => {
    throw translated(target, error);
  };
  const reader = await opening.catch(fail);
  return {
    read: (into) => reader.read(into).catch(fail),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** What a provider throws at once, or answers without a promise, comes as if it had taken a moment. */
function begun(operation: AnyOperation, input: unknown, call: Call): Promise<unknown> {
  try {
    return Promise.resolve(operation(input, call));
  } catch (error) {
    return Promise.reject(error);
  }
}

function missingFeature(
  { feature, fieldFeatures }: OperationDefinition,
  input: Record<string, unknown>,
  features: Readonly<Record<string, unknown>>,
): string | undefined {
  if (feature !== undefined && !(feature in features)) return feature;
  for (const field in fieldFeatures) {
    const needed = fieldFeatures[field]!;
    if (input[field] !== undefined && !(needed in features)) return needed;
  }
  return undefined;
}

const NO_GROUPS: readonly string[] = [];

/** Makes the abort signal only for those who look at it: most operations do not. */
class HostCall implements Call {
  readonly person: string;
  readonly organisation: string;
  readonly groups: readonly string[];
  readonly content: Content | undefined;
  #signal: AbortSignal | undefined;

  constructor(caller: Caller, signal: AbortSignal | undefined, content: Content | undefined) {
    this.person = caller.person;
    this.organisation = caller.organisation;
    this.groups = caller.groups ?? NO_GROUPS;
    this.content = content;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }
}

function answer(target: Target, work: Promise<unknown>, timeout: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timeoutError(target, timeout)), timeout);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(translated(target, error));
      },
    );
  });
}

function timeoutError({ capability, name, operation }: Target, timeout: number): CapabilityError {
  const outcome = operation.effect === 'write' ? ' The outcome is unknown: retry with the same id.' : '';
  return new CapabilityError('TIMEOUT', `${capability.id}.${name} did not answer within ${timeout} ms.${outcome}`);
}

/** What a provider throws that is not of the error table is its fault, not the caller's; nothing of it leaks. */
function translated({ capability, name }: Target, error: unknown): CapabilityError {
  if (isCapabilityError(error)) return error;
  return new CapabilityError('INTERNAL', `The provider of ${capability.id} failed in ${name}.`, {
    reason: 'PROVIDER_FAULT',
    cause: error,
  });
}

function resolve({ capability, operation, source, caller }: Target, input: Record<string, unknown>): Instance {
  const resource = operation.resource === undefined ? undefined : input[operation.resource];
  const scope: CallScope = {
    resource: typeof resource === 'string' ? resource : undefined,
    groups: caller.groups,
    organisation: caller.organisation,
  };
  const binding = source.bindings.resolve(capability.id, scope);
  const instance = binding && source.instances.get(binding.instance);
  if (!instance) {
    throw new CapabilityError('UNAVAILABLE', `No provider serves ${capability.id} now.`, { reason: 'NOT_BOUND' });
  }
  return instance;
}

/** Asks every provider that is bound anywhere, and puts their lists together. One that fails is left out if another answers. */
async function gather(target: Target, input: Record<string, unknown>, options: AnyOptions = {}): Promise<unknown> {
  const { bindings, instances } = target.source;
  const list = target.operation.gather!;
  const bound = bindings.instancesOf(target.capability.id).flatMap((id) => instances.get(id) ?? []);
  if (bound.length < 2) return call(target, input, options);
  const asked = askedOf(input, options);
  const settled = await Promise.allSettled(bound.map(async (instance) => invoke(target, instance, asked)));
  const answers = settled.flatMap((s) => (s.status === 'fulfilled' ? [s.value as Record<string, unknown>] : []));
  if (answers.length === 0) throw (settled[0] as PromiseRejectedResult).reason;
  return { ...answers[0], [list]: answers.flatMap((answer) => answer[list] as unknown[]) };
}
