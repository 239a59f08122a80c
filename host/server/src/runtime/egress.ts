import { PluginError } from '@valfri/core';
import type { Manifest } from '@valfri/sdk';

const TIMEOUT = 30_000;

/** The origins that an instance may call, by its manifest and its settings. */
export function allowedOrigins(manifest: Manifest, settings: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const origins = manifest.network.outbound.map((rule) => {
    if (typeof rule === 'string') return new URL(rule).origin;
    const value = settings[rule.setting];
    return typeof value === 'string' && URL.canParse(value) ? new URL(value).origin : undefined;
  });
  return new Set(origins.filter((origin) => origin !== undefined));
}

/**
 * A `fetch` that reaches some origins and no other. Redirects are answers, not followed: they would lead elsewhere.
 * @throws VF_ERR_EGRESS
 */
export function createFetch(
  instance: string,
  origins: ReadonlySet<string>,
): (url: string, init?: RequestInit) => Promise<Response> {
  return (url, init = {}) => {
    const origin = URL.canParse(url) ? new URL(url).origin : url;
    if (!origins.has(origin)) {
      throw new PluginError('VF_ERR_EGRESS', {
        given: `instance "${instance}" called ${origin}`,
        due: `one of ${[...origins].join(', ') || 'none at all'}`,
        remedy: 'Name the origin under network.outbound in the manifest.',
      });
    }
    const timeout = AbortSignal.timeout(TIMEOUT);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    return fetch(url, { ...init, redirect: 'manual', signal });
  };
}
