import { join } from 'node:path';

/** What a Synapse for tests is told. */
export interface SynapseConfigOptions {
  readonly serverName: string;
  readonly directory: string;
  readonly port: number;
  /** Connection string; SQLite in the folder where it is absent. */
  readonly databaseUrl: string | undefined;
  readonly sharedSecret: string;
  /** Paths of the registrations of application services. */
  readonly registrations: readonly string[];
}

const NO_LIMIT = { per_second: 1_000_000, burst_count: 1_000_000 };

/** homeserver.yaml, as JSON, which is YAML too: loopback only, no federation, no limits, nothing reported to anybody. */
export function synapseConfig(options: SynapseConfigOptions): object {
  const { serverName, directory, port, sharedSecret, registrations } = options;
  return {
    server_name: serverName,
    public_baseurl: `http://127.0.0.1:${port}/`,
    listeners: [{ port, bind_addresses: ['127.0.0.1'], type: 'http', tls: false, resources: [{ names: ['client'] }] }],
    database: databaseConfig(options),
    log_config: join(directory, 'log.yaml'),
    media_store_path: join(directory, 'media'),
    signing_key_path: join(directory, 'signing.key'),
    registration_shared_secret: sharedSecret,
    macaroon_secret_key: sharedSecret,
    form_secret: sharedSecret,
    app_service_config_files: registrations,
    enable_registration: false,
    report_stats: false,
    federation_domain_whitelist: [],
    trusted_key_servers: [],
    url_preview_enabled: false,
    presence: { enabled: false },
    stats: { enabled: false },
    user_directory: { enabled: false },
    ...withoutLimits(),
  };
}

function databaseConfig({ databaseUrl, directory }: SynapseConfigOptions): object {
  if (databaseUrl === undefined) return { name: 'sqlite3', args: { database: join(directory, 'homeserver.db') } };
  return { name: 'psycopg2', args: { dsn: databaseUrl, cp_min: 2, cp_max: 8 } };
}

function withoutLimits(): object {
  return {
    rc_message: NO_LIMIT,
    rc_registration: NO_LIMIT,
    rc_room_creation: NO_LIMIT,
    rc_login: { address: NO_LIMIT, account: NO_LIMIT, failed_attempts: NO_LIMIT },
    rc_admin_redaction: NO_LIMIT,
    rc_joins: { local: NO_LIMIT, remote: NO_LIMIT },
    rc_joins_per_room: NO_LIMIT,
    rc_invites: { per_room: NO_LIMIT, per_user: NO_LIMIT, per_issuer: NO_LIMIT },
  };
}

/** Its logging configuration: one file, warnings and worse. */
export function synapseLogConfig(directory: string): object {
  return {
    version: 1,
    formatters: { line: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } },
    handlers: { file: { class: 'logging.FileHandler', formatter: 'line', filename: join(directory, 'synapse.log') } },
    root: { level: 'WARNING', handlers: ['file'] },
    disable_existing_loggers: false,
  };
}
