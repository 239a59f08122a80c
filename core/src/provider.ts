import type { z } from 'zod';
import type { CapabilityDefinition, OperationDefinition } from './capability.ts';
import type { Bytes, Content } from './content.ts';
import type { Portability } from './portability.ts';

/** On whose behalf, and how long, an operation runs. */
export interface Call {
  /** Host id of the person who asks. */
  readonly person: string;
  /** Host id of the person's organisation. */
  readonly organisation: string;
  /** Host ids of the groups that the person is in. */
  readonly groups: readonly string[];
  /** Aborted when the caller no longer waits. */
  readonly signal: AbortSignal;
}

/** The value of an operation's input, after validation and with defaults filled in. */
export type InputOf<O extends OperationDefinition> = z.output<O['input']>;
/** What a caller may give for an operation's input, before defaults. */
export type CallerInputOf<O extends OperationDefinition> = z.input<O['input']>;
/** The value of an operation's output. */
export type OutputOf<O extends OperationDefinition> = z.output<O['output']>;

/** A call that brings content. */
export interface ContentCall extends Call {
  readonly content: Content;
}

/** What an operation answers, with the bytes that go beside it. */
export type AnswerOf<O extends OperationDefinition> = O['content'] extends 'out'
  ? OutputOf<O> & { readonly content: Bytes }
  : OutputOf<O>;

/** One operation as a provider implements it. */
export type ProviderOperation<O extends OperationDefinition> = (
  input: InputOf<O>,
  call: O['content'] extends 'in' ? ContentCall : Call,
) => Promise<AnswerOf<O>>;

type CoreNames<C extends CapabilityDefinition> = {
  [K in keyof C['operations']]: C['operations'][K] extends { feature: string } ? never : K;
}[keyof C['operations']];

/** All that a provider of a capability can be asked: the core, and what its features promise. */
export type ProviderOperations<C extends CapabilityDefinition> = {
  readonly [K in CoreNames<C>]: ProviderOperation<C['operations'][K]>;
} & {
  readonly [K in Exclude<keyof C['operations'], CoreNames<C>>]?: ProviderOperation<C['operations'][K]>;
};

/** The features that a provider declares, with their parameters. What is absent is absent. */
export type FeaturesOf<C extends CapabilityDefinition> = {
  readonly [K in keyof C['features']]?: z.output<C['features'][K]>;
};

/** Whether a provider is well; asked every few seconds, so it must be cheap. */
export interface Health {
  /** Whether operations can be answered now. */
  readonly ok: boolean;
  /** One sentence for the operator where it is not. */
  readonly message?: string;
}

/** What a plugin gives for one capability of one instance. */
export interface Provider<C extends CapabilityDefinition = CapabilityDefinition> {
  /** What it has beside the core of the contract, with parameters where the contract wants them: `{ edit: {} }`. */
  readonly features: FeaturesOf<C>;
  /** One function for each operation of the core, and of each feature that it declares. */
  readonly operations: ProviderOperations<C>;
  /** Required where the capability's swap class is `stateful`. */
  readonly portability?: Portability;
  /** Whether it is well, and what it depends on. Default: well as long as it runs. */
  health?(): Promise<Health>;
}

/** A provider of whichever capability. */
export interface AnyProvider {
  readonly features: object;
  readonly operations: object;
  readonly portability?: Portability;
  health?(): Promise<Health>;
}

/** How long a call through a handle may last. */
export interface CallOptions {
  /** Milliseconds until it has answered; what content comes after that may take its time. Default: 10,000. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** What a call needs beside its input. */
export type CallOptionsOf<O extends OperationDefinition> = O['content'] extends 'in'
  ? [options: CallOptions & { readonly content: Content }]
  : [options?: CallOptions];

/**
 * What a consumer holds: bound anew at each call, never a provider's object, so a swap leaves nothing stale.
 * Every operation of the contract is there; one whose feature is absent rejects with `UNSUPPORTED`.
 */
export type Handle<C extends CapabilityDefinition> = {
  readonly [K in keyof C['operations']]: (
    input: CallerInputOf<C['operations'][K]>,
    ...options: CallOptionsOf<C['operations'][K]>
  ) => Promise<AnswerOf<C['operations'][K]>>;
};

/** The payload of an event of a contract. */
export type EventOf<C extends CapabilityDefinition, K extends keyof C['events']> = z.output<C['events'][K]['payload']>;

/** An event as a provider announces it. */
export type Announcement<C extends CapabilityDefinition = CapabilityDefinition> = {
  [K in keyof C['events'] & string]: { readonly type: K; readonly data: EventOf<C, K> };
}[keyof C['events'] & string];
