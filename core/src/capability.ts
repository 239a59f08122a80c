import type { z } from 'zod';
import type { CallerErrorCode } from './errors.ts';
import { PluginError } from './plugin-errors.ts';

/**
 * How a provider is swapped for another: *stateless* (finish or save, then switch), *ephemeral* (what runs
 * ends where it began), *stateful* (records move).
 */
export type SwapClass = 'stateless' | 'ephemeral' | 'stateful';

/** A refusal that every provider of a contract makes. */
export interface RefusalDefinition {
  readonly code: CallerErrorCode;
  /** The finer code that goes with it, where there is one. */
  readonly reason?: string;
  /** The input field that is named, where there is one. */
  readonly field?: string;
  /** In which case, in words. */
  readonly when: string;
}

/** One operation of a contract: one options object in, one out. */
export interface OperationDefinition {
  readonly summary: string;
  /** A `write` waits at the fence while its provider is being swapped; a `read` does not. */
  readonly effect: 'read' | 'write';
  /** The feature without which a provider answers `UNSUPPORTED`; absent for the required core. */
  readonly feature?: string;
  /** The input field that holds the id of the resource whose binding decides who serves the call. */
  readonly resource?: string;
  /** Optional input fields that need a feature of their own, by name of the field. */
  readonly fieldFeatures?: Readonly<Record<string, string>>;
  /** Input fields that hold ids of people, who must be of the caller's organisation. */
  readonly people?: readonly string[];
  /**
   * Bytes that go beside the input (`in`) or the output (`out`), as a stream. An operation with `in` has an input field
   * `mediaType`, which says what the bytes are; one with `out` has an input field `range`, and output fields `size`,
   * `mediaType` and `name`. Default: none.
   */
  readonly content?: 'in' | 'out';
  /** Whether guests may call it. Default: true. */
  readonly guests?: boolean;
  /** The list in the output that is put together over every provider that serves the caller. */
  readonly gather?: string;
  /** What is refused beside what the schema of the input says; the first one that holds is the answer. */
  readonly refusals?: readonly RefusalDefinition[];
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
}

/** One kind of event that a provider announces. */
export interface EventDefinition {
  readonly summary: string;
  readonly payload: z.ZodObject;
  /** The payload field that holds the id of the topic; those whose topics include it receive the event. */
  readonly topic: string;
  /** Whether it is worth nothing later: never stored, never replayed. Default: false. */
  readonly ephemeral?: boolean;
}

/** One kind of record that a swap and an exit carry. */
export interface RecordDefinition {
  readonly summary: string;
  readonly value: z.ZodObject;
  /** The value's fields that make up its key, joined by `/`. */
  readonly key: readonly string[];
  /** The feature without which a provider cannot hold it, and the host keeps it aside; absent for the core. */
  readonly feature?: string;
  /**
   * The field that says which content belongs to it: a SHA-256, or a list of objects that have one in `sha256`. Who
   * takes the record in asks for the bytes. Default: none.
   */
  readonly content?: string;
  /** Whether the host owns it whoever provides; a provider with the feature is told of it. Default: false. */
  readonly host?: boolean;
}

/** Who receives a capability's events. */
export interface AudienceDefinition {
  /** The operation, without input, whose output field `topics` lists the ids of a person's topics. */
  readonly operation: string;
  /** Events whose payload fields `person` and topic add a person to a topic. */
  readonly join: string;
  /** Events whose payload fields `person` and topic take a person from a topic. */
  readonly leave: string;
}

/** A versioned contract for one function of the workspace. Types, validation, procedures and pages follow from it. */
export interface CapabilityDefinition {
  /** Lower-case word that names the function, e.g. `chat`. */
  readonly id: string;
  /** Grows with each breaking change; 0 until two makers' providers and a foreign consumer pass. */
  readonly major: number;
  readonly minor: number;
  readonly swap: SwapClass;
  readonly summary: string;
  /** Optional abilities by name, each with the schema of its parameters. */
  readonly features: Readonly<Record<string, z.ZodObject>>;
  readonly operations: Readonly<Record<string, OperationDefinition>>;
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly records: Readonly<Record<string, RecordDefinition>>;
  readonly audience?: AudienceDefinition;
}

/**
 * Defines a capability: returns what it was given, typed.
 * @throws VF_ERR_CONTRACT where the contract contradicts itself.
 */
export function defineCapability<const C extends CapabilityDefinition>(capability: C): C {
  for (const fault of contractFaults(capability)) {
    throw new PluginError('VF_ERR_CONTRACT', {
      given: `${capability.id}: ${fault.given}`,
      due: fault.due,
      remedy: 'Correct the contract.',
    });
  }
  return capability;
}

function* contractFaults(c: CapabilityDefinition): Generator<{ given: string; due: string }> {
  const parts = [...Object.entries(c.operations), ...Object.entries(c.records)];
  for (const [name, { feature }] of parts) {
    if (feature !== undefined && !(feature in c.features))
      yield { given: `${name} needs the feature "${feature}"`, due: `one of ${Object.keys(c.features).join(', ')}` };
  }
  for (const [name, operation] of Object.entries(c.operations)) {
    yield* missingField(`${name}.resource`, operation.resource, operation.input);
    yield* missingField(`${name}.gather`, operation.gather, operation.output);
    for (const field of operation.people ?? []) yield* missingField(`${name}.people`, field, operation.input);
    if (operation.content === 'out') {
      yield* missingField(`${name}.content`, 'range', operation.input);
      for (const field of ['size', 'mediaType', 'name'])
        yield* missingField(`${name}.content`, field, operation.output);
    }
    if (operation.content === 'in') yield* missingField(`${name}.content`, 'mediaType', operation.input);
    for (const [field, feature] of Object.entries(operation.fieldFeatures ?? {})) {
      yield* missingField(`${name}.fieldFeatures`, field, operation.input);
      if (!(feature in c.features))
        yield { given: `${name}.${field} needs the feature "${feature}"`, due: 'a feature of the contract' };
    }
  }
  for (const [name, event] of Object.entries(c.events)) {
    yield* missingField(`${name}.topic`, event.topic, event.payload);
  }
  for (const [name, record] of Object.entries(c.records)) {
    for (const field of record.key) yield* missingField(`${name}.key`, field, record.value);
    yield* missingField(`${name}.content`, record.content, record.value);
  }
  yield* audienceFaults(c);
}

function* audienceFaults(c: CapabilityDefinition): Generator<{ given: string; due: string }> {
  if (!c.audience) return;
  const { operation, join, leave } = c.audience;
  if (!c.operations[operation])
    yield { given: `audience.operation "${operation}"`, due: 'an operation of the contract' };
  for (const event of [join, leave]) {
    const definition = c.events[event];
    if (!definition) yield { given: `audience event "${event}"`, due: 'an event of the contract' };
    else yield* missingField(event, 'person', definition.payload);
  }
}

function* missingField(
  name: string,
  field: string | undefined,
  schema: z.ZodObject,
): Generator<{ given: string; due: string }> {
  if (field !== undefined && !(field in schema.shape))
    yield { given: `${name} names the field "${field}"`, due: `one of ${Object.keys(schema.shape).join(', ')}` };
}
