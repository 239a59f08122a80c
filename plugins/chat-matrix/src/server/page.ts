import { CapabilityError, type RunningPlugin } from '@valfri/sdk';
import type { Homeserver } from './matrix/homeserver.ts';
import { renderRegistration } from './matrix/registration.ts';
import type { Settings } from './settings.ts';

const HIDDEN = '(hidden)';
/** What a homeserver says that reached nobody, or not us, when it was asked to call back. */
const UNHEARD: ReadonlySet<string> = new Set([
  ...['M_BAD_STATUS', 'M_CONNECTION_FAILED', 'M_CONNECTION_TIMED_OUT', 'M_URL_NOT_SET'],
]);

/** How far an instance and its homeserver know each other. */
export interface Connection {
  /** Both ways work; nobody answers; our tokens are not known; it does not reach us. */
  readonly state: 'well' | 'away' | 'stranger' | 'unheard';
  readonly homeserver: string;
  /** Where the homeserver should reach us. */
  readonly inbound: string;
  /** What was heard instead. */
  readonly detail?: string;
}

/** What the page for connecting a homeserver is answered from. */
export interface PageParts {
  readonly settings: Settings;
  readonly inboundUrl: string;
  readonly homeserver: Pick<Homeserver, 'ping'>;
}

/** Answers the page for connecting a homeserver: the registration, with its tokens where it asks for them, and how they get on. */
export function createAsk(parts: PageParts): NonNullable<RunningPlugin['ask']> {
  return async ({ name, data }) => {
    if (name === 'registration') return registrationOf(parts, (data as { tokens?: unknown } | null)?.tokens === true);
    if (name === 'health') return connectionOf(parts);
    throw new CapabilityError('INVALID', `name: "${name}" is not one of registration, health.`, { field: 'name' });
  };
}

function registrationOf({ settings, inboundUrl }: PageParts, withTokens: boolean): string {
  const { registration: id, prefix, asToken, hsToken } = settings;
  const tokens = withTokens ? { asToken, hsToken } : { asToken: HIDDEN, hsToken: HIDDEN };
  return renderRegistration({ id, prefix, url: inboundUrl, ...tokens });
}

async function connectionOf({ settings, inboundUrl, homeserver }: PageParts): Promise<Connection> {
  const between = { homeserver: settings.homeserverUrl, inbound: inboundUrl };
  try {
    await homeserver.ping();
    return { state: 'well', ...between };
  } catch (error) {
    const { reason, message, cause } = error as CapabilityError;
    const detail = cause instanceof Error ? cause.message : message;
    // A Matrix error code is what a homeserver answers with; whoever has none is no homeserver, or nobody.
    const state = reason === undefined ? 'away' : UNHEARD.has(reason) ? 'unheard' : 'stranger';
    return { state, ...between, detail };
  }
}
