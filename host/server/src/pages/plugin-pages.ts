import { realpathSync } from 'node:fs';
import type { CheckedPlugin } from '../runtime/manifests.ts';
import type { PageAddresses } from './addresses.ts';
import { findPageFile, type PageFile, pageFolder } from './page-files.ts';

/** The one file that is the host's own on each hostname of a plugin. */
const CONNECT = '/valfri-ui.js';

/** A page of an instance, as an operator is offered it. */
export interface OfferedPage {
  readonly id: string;
  readonly kind: 'page' | 'editor' | 'vendor';
  readonly title: { readonly en: string; readonly sv: string };
  /** Where its document is; absent where no domain for plugins is set. */
  readonly url?: string;
}

/** What the pages are found by. */
export interface PluginPagesOptions {
  readonly addresses: PageAddresses;
  readonly plugins: ReadonlyMap<string, CheckedPlugin>;
  /** The instances that there are, and their plugins. */
  readonly instances: () => readonly { readonly id: string; readonly plugin: string }[];
  /** Folder of the built shell, which has the file by which pages connect to it. */
  readonly shell: string | undefined;
}

/** The pages that instances have, and the files that they are made of. */
export class PluginPages {
  readonly #options: PluginPagesOptions;

  constructor(options: PluginPagesOptions) {
    this.#options = options;
  }

  /** The pages of an instance. */
  of(instance: string): readonly OfferedPage[] {
    const origin = this.#options.addresses.originOf(instance);
    const pages = this.#pluginOf(instance)?.manifest.ui?.pages ?? [];
    return pages.map(({ id, kind, title, path }) => ({
      id,
      kind,
      title,
      ...(origin ? { url: `${origin}/${path}` } : {}),
    }));
  }

  /** Where the instances that have pages are. */
  get origins(): readonly string[] {
    const { addresses, instances } = this.#options;
    return instances().flatMap(({ id }) => (this.#hasPages(id) ? (addresses.originOf(id) ?? []) : []));
  }

  /** What stands before the plugins' domain in a `Host` header, where that is its end. */
  nameIn(host: string | undefined): string | undefined {
    return this.#options.addresses.nameIn(host);
  }

  /** A file on the hostname of an instance. */
  file(instance: string, path: string): PageFile | undefined {
    const found = this.#pluginOf(instance);
    if (!found?.manifest.ui) return undefined;
    const { shell } = this.#options;
    if (path === CONNECT) return shell === undefined ? undefined : findPageFile(realpathSync(shell), path);
    return findPageFile(pageFolder(found.plugin, found.manifest), path);
  }

  #hasPages(instance: string): boolean {
    return this.#pluginOf(instance)?.manifest.ui !== undefined;
  }

  #pluginOf(instance: string): CheckedPlugin | undefined {
    const { instances, plugins } = this.#options;
    const state = instances().find(({ id }) => id === instance);
    return state && plugins.get(state.plugin);
  }
}
