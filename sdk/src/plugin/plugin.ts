import type { AnyProvider } from '@valfri/core';
import type { PluginContext, PluginMigrations } from './context.ts';
import type { ManifestInput } from './manifest.ts';
import type { PageChannel } from './page-channel.ts';

/** What a page of the plugin asks its own server half. */
export interface PageQuestion {
  /** Id of the page, as in the manifest. */
  readonly page: string;
  readonly name: string;
  /** JSON, checked by nobody: at most 64 KiB of whatever the page sent. */
  readonly data: unknown;
  /** Who has the page open: one whom the page is for. */
  readonly person: string;
}

/** An instance at work. */
export interface RunningPlugin {
  /** A provider for each capability that the manifest says it provides. */
  readonly providers: Readonly<Record<string, AnyProvider>>;
  /** Answers the inbound routes of the manifest. The URL's path is what follows {@link PluginContext.inboundUrl}. */
  inbound?(request: Request): Promise<Response>;
  /**
   * Answers the pages of the manifest, with JSON of at most 64 KiB, within 10 seconds. What it throws of the error table
   * reaches the page with its code and message; all else is told as the plugin's fault.
   */
  ask?(question: PageQuestion): Promise<unknown>;
  /** A page of the kind `editor` or `vendor` has opened its channel. */
  connect?(channel: PageChannel): void;
  /** Ends everything that it began: timers, connections, listeners. */
  stop?(): Promise<void>;
}

/** The half of a plugin that runs on the server. */
export interface ServerHalf {
  readonly migrations?: PluginMigrations;
  /** Puts one instance to work. What it throws keeps the instance from starting, and nothing else. */
  start(context: PluginContext<never>): Promise<RunningPlugin> | RunningPlugin;
}

/** A plugin: its manifest and what it runs. */
export interface Plugin {
  readonly manifest: ManifestInput;
  /** The package's folder, e.g. `new URL('..', import.meta.url)`; needed where the manifest has a `ui`. */
  readonly root?: URL;
  readonly server: ServerHalf;
}

/** A server half whose settings have a type. */
export interface TypedServerHalf<Settings> {
  readonly migrations?: PluginMigrations;
  start(context: PluginContext<Settings>): Promise<RunningPlugin> | RunningPlugin;
}

/** Defines a plugin: returns what it was given, typed. */
export function definePlugin<Settings = Readonly<Record<string, unknown>>>(plugin: {
  readonly manifest: ManifestInput;
  readonly root?: URL;
  readonly server: TypedServerHalf<Settings>;
}): Plugin {
  return plugin as Plugin;
}

/** Defines a manifest: returns what it was given, typed. Data only. */
export function defineManifest<const M extends ManifestInput>(manifest: M): M {
  return manifest;
}
