import { createTRPCClient, createWSClient, httpBatchLink, wsLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { AppRouter } from '@valfri/server/router';

// The tRPC client. The first view needs none of it: the page brings its data along.

/** The host's procedures. What is asked within one turn of the event loop goes in one request. */
export const procedures = createTRPCClient<AppRouter>({
  links: [httpBatchLink({ url: '/trpc', methodOverride: 'POST', maxItems: 20 })],
});

/** What is told of the way to the host. */
export interface LiveHandlers {
  opened(): void;
  /** With the code with which the host closed it, where it did. */
  closed(code: number | undefined): void;
  received(message: unknown): void;
}

/** Subscribes to every event that concerns the person, after the last one seen; connects again by itself until ended. */
export function subscribe(after: string | undefined, { opened, closed, received }: LiveHandlers): () => void {
  let ended = false;
  const unlessEnded = (run: () => void) => {
    if (!ended) run();
  };
  const { protocol, host } = location;
  const client = createWSClient({
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/live`,
    retryDelayMs: (attempt) => Math.min(250 * 2 ** attempt, 5_000) * (0.75 + Math.random() / 2),
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5_000 },
    onOpen: () => unlessEnded(opened),
    onClose: (cause) => unlessEnded(() => closed(cause?.code)),
  });
  const link = createTRPCClient<AnyTRPCRouter>({ links: [wsLink({ client } as never)] }) as unknown as {
    live: { events: { subscribe(input: { after?: string }, handlers: object): { unsubscribe(): void } } };
  };
  const handlers = {
    onData: (message: unknown) => unlessEnded(() => received(message)),
    onError: () => unlessEnded(() => closed(undefined)),
  };
  const subscription = link.live.events.subscribe(after === undefined ? {} : { after }, handlers);
  return () => {
    ended = true;
    subscription.unsubscribe();
    void client.close();
  };
}
