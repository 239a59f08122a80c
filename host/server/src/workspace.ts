import type { BindingScope, CapabilityDefinition } from '@valfri/core';
import type { Plugin } from '@valfri/sdk';

/** An identity provider that speaks OpenID Connect. */
export interface OidcProvider {
  /** Lower-case word; part of the address to which it sends people back: `<publicUrl>/api/auth/callback/<id>`. */
  readonly id: string;
  /** What the button says. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom it lets in: people whom an operator has added (`known`), or everybody whom it knows (`all`). Default: `known`. */
  readonly admit?: 'known' | 'all';
}

/** A provider that is there from the first start on. */
export interface DeclaredInstance {
  readonly id: string;
  /** Id of its plugin. */
  readonly plugin: string;
  /** What operators see. Default: the plugin's title. */
  readonly title?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Who serves a function at the first start; later it is the operator's choice. */
export interface DeclaredBinding {
  readonly capability: string;
  readonly instance: string;
  /** Default: everywhere. */
  readonly scope?: BindingScope;
}

/** The built shell. */
export interface ShellFiles {
  /** Folder with `index.html` and what it refers to. */
  readonly directory: string;
}

/** What an agency runs: which plugins there are, and who serves what at first. */
export interface Workspace {
  /** Name of the organisation, as people see it. */
  readonly name: string;
  /** The contracts that the host knows. Default: those of the SDK. */
  readonly capabilities?: readonly CapabilityDefinition[];
  readonly plugins: readonly Plugin[];
  readonly instances: readonly DeclaredInstance[];
  readonly bindings: readonly DeclaredBinding[];
  /** Without it the host serves its API alone. */
  readonly shell?: ShellFiles;
  readonly signIn?: { readonly oidc?: readonly OidcProvider[] };
}

/** Defines a workspace: returns what it was given, typed. */
export function defineWorkspace<const W extends Workspace>(workspace: W): W {
  return workspace;
}
