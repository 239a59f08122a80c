import { standardCapabilities } from '@valfri/sdk';
import { examine } from '../runtime/composition.ts';
import type { Workspace } from '../workspace.ts';

/** What a check found. */
export interface CheckReport {
  readonly plugins: readonly { readonly id: string; readonly version: string; readonly provides: readonly string[] }[];
  /** Everything that is wrong, each with its code, the field, and the remedy. */
  readonly faults: readonly string[];
}

/** Checks a composition without starting anything. */
export function checkWorkspace(workspace: Workspace): CheckReport {
  const capabilities = new Map(
    (workspace.capabilities ?? standardCapabilities).map((capability) => [capability.id, capability]),
  );
  const { manifests, faults } = examine(workspace, capabilities);
  return {
    plugins: manifests.map(({ id, version, provides }) => ({
      id,
      version,
      provides: provides.map(({ capability, major }) => `${capability} ${major}`),
    })),
    faults: faults.map(({ message }) => message),
  };
}
