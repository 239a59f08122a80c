import { realpathSync } from 'node:fs';
import { originsOf } from '../runtime/egress.ts';
import type { CheckedPlugin } from '../runtime/manifests.ts';
import type { PageAddresses } from './addresses.ts';
import { findPageFile, type PageFile, pageFolder } from './page-files.ts';
import { PLAIN_PAGE, type PagePolicy } from './page-policy.ts';

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

/** An instance that may have pages. */
export interface FramedInstance {
  readonly id: string;
  readonly plugin: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A file on the hostname of an instance, and what is allowed to the document that it may be. */
export interface ServedFile extends PageFile {
  readonly policy: PagePolicy;
}

/** What the pages are found by. */
export interface PluginPagesOptions {
  readonly addresses: PageAddresses;
  readonly plugins: ReadonlyMap<string, CheckedPlugin>;
  /** The instances that there are, and their plugins. */
  readonly instances: () => readonly FramedInstance[];
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
    const pages = this.#pluginOf(instance)?.found.manifest.ui?.pages ?? [];
    return pages.map(({ id, kind, title, path }) => ({
      id,
      kind,
      title,
      ...(origin ? { url: `${origin}/${path}` } : {}),
    }));
  }

  /**
   * Where the pages are that somebody may be shown: an operator those of every instance, everybody those that show files.
   */
  originsFor({ operator }: { readonly operator: boolean }): readonly string[] {
    const { addresses, instances } = this.#options;
    return instances().flatMap(({ id }) => {
      const pages = this.#pluginOf(id)?.found.manifest.ui?.pages ?? [];
      const shown = pages.some(({ kind }) => operator || kind !== 'page');
      return shown ? (addresses.originOf(id) ?? []) : [];
    });
  }

  /** What stands before the plugins' domain in a `Host` header, where that is its end. */
  nameIn(host: string | undefined): string | undefined {
    return this.#options.addresses.nameIn(host);
  }

  /** A file on the hostname of an instance. */
  file(instance: string, path: string): ServedFile | undefined {
    const known = this.#pluginOf(instance);
    if (!known?.found.manifest.ui) return undefined;
    const { shell } = this.#options;
    if (path === CONNECT)
      return shell === undefined ? undefined : withPolicy(findPageFile(realpathSync(shell), path), PLAIN_PAGE);
    const { plugin, manifest } = known.found;
    return withPolicy(findPageFile(pageFolder(plugin, manifest), path), this.#policyOf(known, path));
  }

  /** Only the documents that the manifest names are more than plain pages. */
  #policyOf({ state, found }: KnownInstance, path: string): PagePolicy {
    const page = found.manifest.ui!.pages.find((known) => `/${known.path}` === path);
    if (!page) return PLAIN_PAGE;
    const { kind, wasm, workers, inlineStyles } = page;
    const [frames, scripts] = [page.frames, page.scripts].map((rules) => [...originsOf(rules, state.settings).keys()]);
    return { kind, wasm, workers, inlineStyles, frames: frames!, scripts: scripts! };
  }

  #pluginOf(instance: string): KnownInstance | undefined {
    const { instances, plugins } = this.#options;
    const state = instances().find(({ id }) => id === instance);
    const found = state && plugins.get(state.plugin);
    return found && { state, found };
  }
}

interface KnownInstance {
  readonly state: FramedInstance;
  readonly found: CheckedPlugin;
}

function withPolicy(file: PageFile | undefined, policy: PagePolicy): ServedFile | undefined {
  return file && { ...file, policy };
}
