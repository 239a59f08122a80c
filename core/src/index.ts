export { Bindings, bindingKey, type Binding, type BindingScope, type CallScope } from './bindings.ts';
export {
  defineCapability,
  type AudienceDefinition,
  type CapabilityDefinition,
  type EventDefinition,
  type OperationDefinition,
  type RecordDefinition,
  type RefusalDefinition,
  type SwapClass,
} from './capability.ts';
export { contentsNamed, hasBytes, type ByteRange, type Bytes, type Content } from './content.ts';
export { canonicalText, EMPTY_DIGEST, formatDigest, RunningDigest, sameDigest } from './digest.ts';
export { disposable } from './disposable.ts';
export {
  BugError,
  CALLER_ERRORS,
  CapabilityError,
  isCapabilityError,
  type CallerErrorCode,
  type CapabilityErrorOptions,
} from './errors.ts';
export { Fence } from './fence.ts';
export { createHandle, type Caller, type HandleSource } from './handle.ts';
export { idSchema, isId, parseUrn, urnOf, urnSchema } from './ids.ts';
export { Instances, type Instance, type NewInstance } from './instances.ts';
export { derivedId, newId } from './new-id.ts';
export { Kernel, type BoundFeatures } from './kernel.ts';
export { PLUGIN_ERRORS, PluginError, type PluginErrorCode, type PluginErrorDetail } from './plugin-errors.ts';
export type {
  ChangePage,
  Digest,
  IngestOptions,
  IngestReport,
  Loss,
  Portability,
  PortableRecord,
  Rejection,
} from './portability.ts';
export type {
  Announcement,
  AnswerOf,
  AnyProvider,
  Call,
  CallerInputOf,
  CallOptions,
  CallOptionsOf,
  ContentCall,
  EventOf,
  FeaturesOf,
  Handle,
  Health,
  InputOf,
  OutputOf,
  Provider,
  ProviderOperation,
  ProviderOperations,
} from './provider.ts';
export { SwapEngine } from './swap/engine.ts';
export { byOwner, ownerOf, typesOwnedBy, type Owner } from './swap/ownership.ts';
export { planStateless, planSwap, type Consumer } from './swap/plan.ts';
export { StatelessSwap, Unfinished, type StatelessPorts } from './swap/stateless-swap.ts';
export { DEFAULT_TIMING, type AsideStore, type FenceControl, type SwapPorts, type SwapTiming } from './swap/ports.ts';
export {
  plannedSwap,
  RESTING_STATES,
  SWITCHED_STATES,
  type BrokenConsumer,
  type Comparison,
  type FeatureChange,
  type RecordFate,
  type Swap,
  type SwapFailure,
  type SwapPlan,
  type SwapProgress,
  type SwapState,
  type SwapWish,
} from './swap/swap.ts';
