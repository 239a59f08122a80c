import type { FunctionView, GroupView } from '../data.ts';
import { functionWords } from './function-words.ts';

/** A binding as an operator sees it. */
export type BindingView = FunctionView['bindings'][number];
/** Where a binding applies. */
export type ScopeView = BindingView['scope'];

/** What a scope is called. */
export function scopeName(scope: ScopeView, groups: readonly GroupView[] = []): string {
  const { everybody, organisation, group, resource } = functionWords.value;
  if (scope.kind === 'default') return everybody;
  if (scope.kind === 'organisation') return organisation;
  if (scope.kind === 'resource') return resource;
  return group(groups.find(({ id }) => id === scope.id)?.name ?? scope.id);
}

/** Bindings in the order in which they decide least: everybody first, a single room last. */
export function inScopeOrder(bindings: readonly BindingView[]): readonly BindingView[] {
  const order = ['default', 'organisation', 'group', 'resource'];
  return bindings.toSorted((a, b) => order.indexOf(a.scope.kind) - order.indexOf(b.scope.kind));
}
