import { PluginError } from '@valfri/core';
import type { Manifest } from '@valfri/sdk';
import { lookup as lookupName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLinkLocal, isPrivate } from './addresses.ts';
import { createBrokeredFetch } from './brokered-fetch.ts';

/** How long the other side may neither send nor take anything, in milliseconds. */
const PATIENCE = 30_000;

/** Who named an origin: the plugin's author in the manifest, or the operator in a setting. */
type NamedBy = 'manifest' | 'operator';

/** The origins that an instance may call, and who named each. */
export type AllowedOrigins = ReadonlyMap<string, NamedBy>;

/** The origins that an instance may call, by its manifest and its settings. */
export function allowedOrigins(manifest: Manifest, settings: Readonly<Record<string, unknown>>): AllowedOrigins {
  const origins = new Map<string, NamedBy>();
  for (const rule of manifest.network.outbound) {
    if (typeof rule === 'string') origins.set(new URL(rule).origin, 'manifest');
    else {
      const value = settings[rule.setting];
      if (typeof value === 'string' && URL.canParse(value)) origins.set(new URL(value).origin, 'operator');
    }
  }
  return origins;
}

/** Finds the addresses of a name; `dns.lookup` unless a test gives another. */
export type Resolver = (
  hostname: string,
  done: (error: Error | null, addresses: readonly { readonly address: string; readonly family: number }[]) => void,
) => void;

/**
 * A `fetch` that reaches some origins and no other. Redirects are answers, not followed: they would lead elsewhere.
 * A name that the manifest brings must lead to the internet, one that the operator entered may lead to their own
 * network, and none to the machine's own link; what counts is the address that is connected to. An address written as
 * such is reached where it was named as such.
 * @throws VF_ERR_EGRESS
 */
export function createFetch(
  instance: string,
  origins: AllowedOrigins,
  resolver: Resolver = (hostname, done) => lookupName(hostname, { all: true }, done),
  patience: number = PATIENCE,
): (url: string, init?: RequestInit) => Promise<Response> {
  const fetches = {
    manifest: createBrokeredFetch(guardedLookup(instance, resolver, isPrivate), patience),
    operator: createBrokeredFetch(guardedLookup(instance, resolver, isLinkLocal), patience),
  };
  return (url, init = {}) => {
    const origin = URL.canParse(url) ? new URL(url).origin : url;
    const namedBy = origins.get(origin);
    if (!namedBy) {
      throw new PluginError('VF_ERR_EGRESS', {
        given: `instance "${instance}" called ${origin}`,
        due: `one of ${[...origins.keys()].join(', ') || 'none at all'}`,
        remedy: 'Name the origin under network.outbound in the manifest.',
      });
    }
    return fetches[namedBy](new Request(url, init), init.signal ?? undefined);
  };
}

function guardedLookup(instance: string, resolver: Resolver, isDenied: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) => {
    resolver(hostname, (error, addresses) => {
      if (error) return done(error, '', 0);
      const reachable = addresses.filter(({ address }) => !isDenied(address));
      const [first] = reachable;
      if (!first) return done(leadsInside(instance, hostname), '', 0);
      if (options.all) return done(null, [...reachable] as never, 0);
      return done(null, first.address, first.family);
    });
  };
}

function leadsInside(instance: string, hostname: string): PluginError {
  return new PluginError('VF_ERR_EGRESS', {
    given: `instance "${instance}" called ${hostname}, which leads to an address that is not of the internet`,
    due: 'a public address for a name in a manifest; a network of the operator’s only by a setting',
    remedy: 'Let the operator enter the address in a setting, and name that under network.outbound in the manifest.',
  });
}
