import type { Announcement } from '@valfri/core';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A table of the plugin's own, in a schema that no other plugin sees. */
export interface PluginDatabase {
  /** The connection, typed with the plugin's tables. Its role may do nothing outside the plugin's schema. */
  kysely<Tables>(): Kysely<Tables>;
}

/** How a plugin announces what happened. */
export interface PluginEvents {
  /**
   * Delivers announcements made with `emitted()` in a transaction that has just committed, without waiting for the
   * host to notice them.
   */
  committed(): void;
  /** Announces what is not tied to a transaction of the plugin's; settles when it is kept. Also while it starts. */
  announce(announcements: readonly Announcement[]): Promise<void>;
  /** Announces what is worth nothing later. Not kept: who is away misses it. */
  signal(announcement: Announcement): void;
}

/** What a plugin may know of people. */
export interface PluginPeople {
  /** A name for a person that only this instance knows, the same at every call: 26 letters and digits in lower case. */
  pseudonym(person: string): Promise<string>;
  /** Pseudonyms of many people at once. */
  pseudonyms(people: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The person behind a pseudonym of this instance. */
  byPseudonym(pseudonym: string): Promise<string | undefined>;
  /** A person's display name, or `undefined` where the manifest does not ask for `displayName`. */
  displayName(person: string): Promise<string | undefined>;
}

/** Writes to the host's log, under the instance's name. */
export interface PluginLog {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** All that a plugin's server half is given. */
export interface PluginContext<Settings = Readonly<Record<string, unknown>>> {
  /** Id of the instance. */
  readonly instance: string;
  /** The instance's settings, after the schema in the manifest. */
  readonly settings: Settings;
  /** A schema of the plugin's own in the host's database, which its migrations fill. */
  readonly database: PluginDatabase;
  /**
   * A folder of the instance's own, which is there, and where the manifest asks for `files`; else `undefined`. Backups take
   * along what is in it. What a file holds must not change after it has come to its name: write it under a name that begins with a dot, which
   * backups leave out, then rename it.
   */
  readonly directory: string | undefined;
  /** How it announces what happened. */
  readonly events: PluginEvents;
  /** What it may know of people. */
  readonly people: PluginPeople;
  /** The host's log. */
  readonly log: PluginLog;
  /** URL under which the instance's inbound routes are reached, without a slash at the end. */
  readonly inboundUrl: string;
  /**
   * As the platform's `fetch`, for the origins in the manifest only; redirects are not followed, and it gives up where
   * nothing comes or goes for 30 seconds.
   * @throws VF_ERR_EGRESS for any other origin.
   */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
}

/** Migrations by name; run by the host in the order of their names, in the plugin's own schema. */
export type PluginMigrations = Readonly<Record<string, Migration>>;
