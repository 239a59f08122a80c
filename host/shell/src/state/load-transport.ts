import type { AppRouter } from '@valfri/server/router';
import type { TRPCClient } from '@trpc/client';

type Transport = typeof import('./transport.ts');

let loading: Promise<Transport> | undefined;

/** Loads the tRPC client, once. @throws where it cannot be reached; the next call tries again. */
export function loadTransport(): Promise<Transport> {
  loading ??= import('./transport.ts');
  loading.catch(() => (loading = undefined));
  return loading;
}

type Callable = (...given: unknown[]) => Promise<unknown>;
type Branch = { readonly [name: string]: Branch } & Callable;

/** The host's procedures, whose client is loaded by the first call. */
export const api: TRPCClient<AppRouter> = branch([]) as unknown as TRPCClient<AppRouter>;

function branch(path: readonly string[]): Branch {
  const call: Callable = async (...given) => {
    const { procedures } = await loadTransport();
    const target = path.reduce((at, name) => at[name]!, procedures as unknown as Branch);
    return target(...given);
  };
  return new Proxy(call, { get: (_, name) => branch([...path, String(name)]) }) as Branch;
}
