export { MESSAGE_TEXT_LIMIT } from './chat/limits.ts';
export { chat } from './capabilities/chat.ts';
export type { Member, Message, Room } from './capabilities/chat-views.ts';
export { directRoomId } from './chat/direct-room.ts';
export type {
  PluginContext,
  PluginDatabase,
  PluginEvents,
  PluginLog,
  PluginMigrations,
  PluginPeople,
} from './plugin/context.ts';
export { manifestSchema, type Manifest, type ManifestInput } from './plugin/manifest.ts';
export {
  defineManifest,
  definePlugin,
  type PageQuestion,
  type Plugin,
  type RunningPlugin,
  type ServerHalf,
  type TypedServerHalf,
} from './plugin/plugin.ts';
export {
  canonicalText,
  CapabilityError,
  derivedId,
  EMPTY_DIGEST,
  formatDigest,
  isCapabilityError,
  newId,
  parseUrn,
  RunningDigest,
  sameDigest,
  urnOf,
  type Announcement,
  type AnyProvider,
  type Call,
  type ChangePage,
  type Digest,
  type FeaturesOf,
  type Handle,
  type Health,
  type IngestOptions,
  type IngestReport,
  type InputOf,
  type Loss,
  type Portability,
  type PortableRecord,
  type Provider,
  type ProviderOperations,
  type Rejection,
} from '@valfri/core';
