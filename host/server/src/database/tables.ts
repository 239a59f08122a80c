import type { ColumnType, Generated } from 'kysely';

type Json<T> = ColumnType<T, string, string>;

/** The host's tables, as Kysely sees them. All times are milliseconds since the epoch. */
export interface HostTables {
  'valfri.organisations': { id: string; name: string; created_at: number };
  'valfri.people': {
    id: string;
    organisation: string;
    email: string;
    display_name: string;
    kind: 'member' | 'guest';
    operator: boolean;
    created_at: number;
    disabled_at: number | null;
    /** When a guest's access ends. */
    ends_at: number | null;
    /** Who answers for a guest. */
    sponsor: string | null;
  };
  'valfri.groups': { id: string; organisation: string; name: string; created_at: number };
  'valfri.group_members': { group_id: string; person: string };
  'valfri.pseudonyms': { instance: string; person: string; pseudonym: string };
  'valfri.instances': {
    id: string;
    plugin: string;
    title: string;
    settings: Json<Record<string, unknown>>;
    /** Settings that the manifest marks writeOnly, encrypted. */
    secrets: Buffer | null;
    created_at: number;
  };
  'valfri.bindings': {
    capability: string;
    scope_kind: 'default' | 'organisation' | 'group' | 'resource';
    scope_id: string;
    instance: string;
    generation: number;
  };
  'valfri.swaps': {
    id: string;
    capability: string;
    state: string;
    body: Json<unknown>;
    updated_at: number;
  };
  'valfri.aside': {
    capability: string;
    type: string;
    key: string;
    value: Json<Record<string, unknown>>;
    hash: string;
    place: Generated<number>;
  };
  'valfri.markers': { resource: string; person: string; seq: number; at: number };
  'valfri.mentions': { person: string; resource: string; item: string; seq: number };
  'valfri.preferences': { person: string; body: Json<Record<string, unknown>> };
  'valfri.app_passwords': {
    id: string;
    person: string;
    name: string;
    /** What it opens. */
    scopes: string[];
    /** SHA-256 of it. */
    hash: Buffer;
    made_at: number;
    used_at: number | null;
  };
  'valfri.dav_properties': {
    node: string;
    namespace: string;
    name: string;
    xml: string;
    /** Who wrote it. */
    person: string;
    /** When it was last looked whether the node is there, and since when it has not been. */
    asked_at: number;
    missing_since: number | null;
  };
  'valfri.outbox': {
    made: Generated<string>;
    id: Generated<number>;
    origin: string;
    topic: string;
    type: string;
    data: Json<unknown>;
    at: Generated<Date>;
  };
  'valfri.links': {
    id: string;
    organisation: string;
    node: string;
    role: 'viewer' | 'editor';
    /** SHA-256 of what stands in the address. */
    token: Buffer;
    /** Argon2. */
    password: string | null;
    expires_at: number | null;
    created_by: string;
    created_at: number;
    revoked_at: number | null;
  };
  'valfri.link_visits': { token: Buffer; link: string; expires_at: number };
  'valfri.audit': {
    place: number;
    at: number;
    actor: string;
    action: string;
    target: string;
    details: Json<Record<string, unknown>>;
    previous: Buffer;
    hash: Buffer;
  };
  /** Files that somebody has opened in an editor. */
  'valfri.office_sessions': {
    id: string;
    instance: string;
    /** Of the plugin; `null` until the provider has said which. */
    page: string | null;
    person: string;
    file: string;
    action: 'view' | 'comment' | 'review' | 'edit';
    /** SHA-256 of the token of the sign-in that it came by. */
    sign_in: string;
    opened_at: number;
    seen_at: number;
    closed_at: number | null;
    /** Whether it was closed because nothing was heard of it. */
    silent: Generated<boolean>;
    revoked_at: number | null;
  };
  /** What a session has saved beside its file: as sessions of their own, which end with it. */
  'valfri.office_beside': { id: string; session: string; file: string };
  /** Locks of editors, where whoever serves documents has none. */
  'valfri.office_locks': { file: string; token: string; person: string; expires_at: number };
  'valfri.opener_rules': {
    id: string;
    place: number;
    /** Ending of a name, or `*`. */
    extension: string;
    action: 'view' | 'comment' | 'review' | 'edit' | null;
    group_id: string | null;
    instance: string;
  };
  'valfri.host_state': { key: string; value: Json<unknown> };
}
