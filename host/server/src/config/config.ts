import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { socketAddress } from '../content/scanner.ts';

const url = z.url({ protocol: /^https?$/, error: 'is not a URL with http: or https:' });
const publicUrl = url.refine((text) => /^https?:\/\/[^/?#@]+\/?$/.test(text), {
  error: 'is not an address alone, such as "https://work.example.org" (no path)',
});
const proxies = z.string().refine((text) => text.split(',').every((part) => isNetwork(part.trim())), {
  error: 'is not a list of addresses or networks by commas, such as "10.0.0.1, 192.168.0.0/16"',
});
const scanner = z.string().refine(isSocket, {
  error: 'is no address of a scanner, such as "tcp://127.0.0.1:3310" or "unix:/run/clamav/clamd.ctl"',
});
const file = z.string().refine(existsSync, 'names a file that does not exist');

const schema = z
  .object({
    port: z.coerce.number().int().min(0).max(65_535).default(8420),
    host: z.string().default('127.0.0.1').describe('Address to listen on'),
    data: z
      .string()
      .default('.valfri')
      .transform((path) => resolve(path)),
    publicUrl: publicUrl.optional().describe('The address that people type, where it differs from host and port'),
    databaseUrl: z.url({ protocol: /^postgres(ql)?$/, error: 'is not a URL with postgres:' }).optional(),
    tlsCert: file.optional(),
    tlsKey: file.optional(),
    trustProxy: proxies.optional().describe('Addresses of the proxies whose X-Forwarded headers count, by commas'),
    pluginsDomain: z
      .string()
      .regex(/^[a-z0-9.-]+(:\d+)?$/, 'is not a host name, such as "plugins.example.org"')
      .optional()
      .describe('Domain under which plugins’ own pages are served; not the shell’s'),
    scanner: scanner.optional().describe('A malware scanner that speaks INSTREAM: without its leave nothing comes in'),
    acceptNewKey: z.boolean().default(false).describe('Go on with another key than the database was used with'),
    log: z.enum(['file', 'stdout']).default(process.stdout.isTTY ? 'file' : 'stdout'),
  })
  .refine(({ tlsCert, tlsKey }) => (tlsCert === undefined) === (tlsKey === undefined), {
    path: ['tlsKey'],
    error: 'and --tls-cert (VALFRI_TLS_CERT) go together: give both or neither',
  });

/** How a host runs. */
export type HostConfig = z.output<typeof schema>;

/** How a host is to run, as given on the command line or in the environment; all of it optional. */
export type HostConfigInput = { readonly [K in keyof z.input<typeof schema>]?: unknown };

const variables: { readonly [K in Exclude<keyof HostConfigInput, 'acceptNewKey'>]: string } = {
  port: 'VALFRI_PORT',
  host: 'VALFRI_HOST',
  data: 'VALFRI_DATA',
  publicUrl: 'VALFRI_PUBLIC_URL',
  databaseUrl: 'DATABASE_URL',
  tlsCert: 'VALFRI_TLS_CERT',
  tlsKey: 'VALFRI_TLS_KEY',
  trustProxy: 'VALFRI_TRUST_PROXY',
  pluginsDomain: 'VALFRI_PLUGINS_DOMAIN',
  scanner: 'VALFRI_SCANNER',
  log: 'VALFRI_LOG',
};

/** A setting is wrong; the message names it, in the form in which it was given, and the remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The configuration of a host: what is given here, else the environment, else the defaults.
 * @throws ConfigError
 */
export function readConfig(given: HostConfigInput, env: NodeJS.ProcessEnv = process.env): HostConfig {
  const merged: Record<string, unknown> = { acceptNewKey: given.acceptNewKey };
  const sources: Record<string, string> = {};
  for (const [name, variable] of Object.entries(variables) as [keyof typeof variables, string][]) {
    merged[name] = given[name] ?? (env[variable] || undefined);
    sources[name] = given[name] === undefined ? variable : `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
  }
  const parsed = schema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  const value = merged[name] === undefined ? '' : ` (given: ${JSON.stringify(merged[name])})`;
  throw new ConfigError(`${sources[name]} ${issue?.message}${value}.`);
}

function isSocket(text: string): boolean {
  try {
    return Boolean(socketAddress(text));
  } catch {
    return false;
  }
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/** The address that people type. */
export function publicUrlOf({ publicUrl, tlsCert, host, port }: HostConfig): string {
  if (publicUrl) return new URL(publicUrl).origin;
  const name = host === '127.0.0.1' || host === '::1' || EVERYWHERE.has(host) ? 'localhost' : host;
  return `${tlsCert ? 'https' : 'http'}://${inUrl(name)}:${port}`;
}

/** The address by which this machine reaches a host that listens on a port. */
export function localUrlOf({ tlsCert, host }: HostConfig, port: number): string {
  return `${tlsCert ? 'https' : 'http'}://${inUrl(EVERYWHERE.has(host) ? '127.0.0.1' : host)}:${port}`;
}

/** Addresses that stand for all of a machine's. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function inUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
