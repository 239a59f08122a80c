export { connect, type ConnectOptions } from './connect.ts';
export { freePort, startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded.ts';
export { createOutbox } from './outbox.ts';
export { openPluginSchema, roleOf, schemaOf, type PluginSchema, type PluginSchemaRequest } from './plugin-schema.ts';
export { readHorizon } from './horizon.ts';
