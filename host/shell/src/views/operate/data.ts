import { api } from '../../state/api.ts';
import { onEvents } from '../../state/live.ts';
import { language } from '../../text/text.ts';
import { Resource } from './resource.ts';

const MOST_MOVES = 50;
const PACE = 400; // ms

/** Every function, who serves it where, and who could. */
export const functions = new Resource(() => api.functions.list.query());
/** The plugins of the composition. */
export const plugins = new Resource(() => api.functions.plugins.query());
/** The host itself. */
export const host = new Resource(() => api.system.status.query());
/** The latest moves, the newest first. */
export const moves = new Resource(() => api.swaps.list.query({ limit: MOST_MOVES }));
/** The groups of the organisation. */
export const groups = new Resource(() => api.groups.list.query());

type ValueOf<R> = R extends Resource<infer T> ? T : never;
/** A function as an operator sees it. */
export type FunctionView = ValueOf<typeof functions>[number];
/** A provider: a plugin with one configuration. */
export type ProviderView = FunctionView['instances'][number];
/** What a plugin says of itself. */
export type PluginView = ValueOf<typeof plugins>[number];
/** A group of people. */
export type GroupView = ValueOf<typeof groups>[number];

const timers = new Map<Resource<unknown>, ReturnType<typeof setTimeout>>();

/** Reads what is shown anew, soon, and once for what happens within a moment. */
function freshen(...resources: readonly Resource<unknown>[]): void {
  for (const resource of resources) {
    if (!resource.asked || timers.has(resource)) continue;
    const again = () => {
      timers.delete(resource);
      void resource.refresh();
    };
    timers.set(resource, setTimeout(again, PACE));
  }
}

onEvents({
  'binding.changed': () => freshen(functions),
  'swap.progressed': () => freshen(moves),
  'live.resync': () => freshen(functions, moves, groups, host),
});

/** The provider of a capability that serves everybody who has no choice of their own. */
export function servingOf({ bindings, instances }: FunctionView): ProviderView | undefined {
  const own = bindings.find(({ scope }) => scope.kind === 'organisation');
  const chosen = own ?? bindings.find(({ scope }) => scope.kind === 'default');
  return instances.find(({ id }) => id === chosen?.instance);
}

/** The scopes that a provider serves. */
export function bindingsOf({ bindings }: FunctionView, instance: string): FunctionView['bindings'] {
  return bindings.filter((binding) => binding.instance === instance);
}

/** A provider and its function, wherever it is. */
export function findProvider(
  all: readonly FunctionView[],
  instance: string,
): { readonly provider: ProviderView; readonly fn: FunctionView } | undefined {
  for (const fn of all) {
    const provider = fn.instances.find(({ id }) => id === instance);
    if (provider) return { provider, fn };
  }
  return undefined;
}

/** What people call a provider; one without a name of its own has its plugin's, in the reader's language. */
export function providerTitle({ title, plugin }: ProviderView): string {
  const named = plugins.value?.find(({ id }) => id === plugin)?.title;
  return named && (title === named.en || title === named.sv) ? named[language.value] : title;
}

/** What people call a provider by its id; the id itself where it is there no more. */
export function titleOf(instance: string): string {
  const found = findProvider(functions.value ?? [], instance);
  return found ? providerTitle(found.provider) : instance;
}
