export { MESSAGE_TEXT_LIMIT } from './chat/limits.ts';
export { standardCapabilities } from './capabilities/standard.ts';
export { chat } from './capabilities/chat.ts';
export type { Member, Message, Room } from './capabilities/chat-views.ts';
export { documents } from './capabilities/documents.ts';
export type { DocumentNode, Grant, Lock, Trashed, Version } from './capabilities/documents-views.ts';
export { office, OFFICE_ACTIONS, type OfficeAction, type OfficeFormat } from './capabilities/office.ts';
export { homeFolderId } from './documents/home-folder.ts';
export { nameFault, normalName, numberedName } from './documents/names.ts';
export { mayAs, ROLES, type Role } from './documents/roles.ts';
export { directRoomId } from './chat/direct-room.ts';
export type {
  PluginContext,
  PluginDatabase,
  PluginEvents,
  PluginLog,
  PluginMigrations,
  PluginPeople,
} from './plugin/context.ts';
export type {
  NewFileOptions,
  OpenContent,
  OpenFile,
  OpenFileLock,
  OpenFiles,
  SaveOptions,
} from './plugin/open-files.ts';
export type { PageChannel } from './plugin/page-channel.ts';
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
  type ByteRange,
  type Bytes,
  type BytesReader,
  type Call,
  type ChangePage,
  type Content,
  type ContentCall,
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
