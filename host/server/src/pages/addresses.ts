import { ConfigError, type HostConfig, publicUrlOf } from '../config/config.ts';

/** An id that may be the first part of a hostname. */
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** The hostnames on which plugins' pages are: one for each instance, below a domain that is nothing else's. */
export class PageAddresses {
  readonly #protocol: string;
  readonly #domain: string | undefined;

  /** @throws ConfigError where the workspace's own address would be one of them. */
  constructor(config: HostConfig) {
    const { protocol, hostname, host } = new URL(publicUrlOf(config));
    const given = config.pluginsDomain;
    if (given !== undefined && `.${hostname}`.endsWith(`.${hostnameOf(given)}`))
      throw new ConfigError(
        `--plugins-domain (VALFRI_PLUGINS_DOMAIN) ${given} takes in the workspace’s own address, ${hostname}. ` +
          'Choose a domain that is for plugins alone.',
      );
    this.#protocol = protocol;
    this.#domain = given ?? (isLoopback(hostname) ? `localhost${host.slice(hostname.length)}` : undefined);
  }

  /** Where an instance's pages are; `undefined` where they can be nowhere. */
  originOf(instance: string): string | undefined {
    if (this.#domain === undefined || !LABEL.test(instance)) return undefined;
    return `${this.#protocol}//${instance}.${this.#domain}`;
  }

  /**
   * What stands below the domain in a `Host` header, be it an instance's id or not; `undefined` where it is another
   * host's.
   */
  nameIn(host: string | undefined): string | undefined {
    if (this.#domain === undefined || host === undefined) return undefined;
    const suffix = `.${hostnameOf(this.#domain)}`;
    const hostname = hostnameOf(host.toLowerCase()).replace(/\.$/, '');
    return hostname.endsWith(suffix) ? hostname.slice(0, -suffix.length) : undefined;
  }
}

function hostnameOf(host: string): string {
  return host.replace(/:\d*$/, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1';
}
