import type { Instance } from '../instances.ts';
import type { SwapPorts } from './ports.ts';
import type { Comparison, Swap } from './swap.ts';
import { compareDigests, type Pair } from './verify.ts';

/** How a cut-over ended. Unless it is `done`, the provider that served before still does. */
export interface CutOver {
  readonly result: 'done' | 'mismatch' | 'notDrained';
  readonly verification?: readonly Comparison[];
}

/** What a cut-over needs. */
export interface CutOverRequest {
  readonly pair: Pair;
  readonly ports: SwapPorts;
  /** The provider that serves, and whose writes are held. */
  readonly fenced: Instance;
  /** Hands over one page of what is left; true when nothing is. */
  finishPage(): Promise<boolean>;
  /** Called when everything is handed over and is to be compared. */
  onVerifying(): void;
  /** Makes the other one serve. */
  commit(details: Partial<Swap>): Promise<void>;
}

/**
 * The only moment in which anybody waits: writes are held, what is under way ends, the rest goes over, both sides
 * are compared, and the other provider serves. Whatever happens, the fence opens again.
 */
export async function cutOver(request: CutOverRequest): Promise<CutOver> {
  const { pair, ports, fenced, commit } = request;
  const fence = ports.fence(fenced);
  const began = performance.now();
  const deadline = began + ports.timing.fenceTimeout;
  try {
    if (!(await fence.close(ports.timing.fenceTimeout / 2))) return { result: 'notDrained' };
    ports.checkpoint?.('fenced.page');
    while (!(await request.finishPage())) {
      if (performance.now() > deadline) return { result: 'notDrained' };
    }
    request.onVerifying();
    const verification = await compareDigests(pair);
    if (performance.now() > deadline) return { result: 'notDrained' };
    if (!verification.every(({ equal }) => equal)) return { result: 'mismatch', verification };
    await commit({ verification, pauseMs: Math.round(performance.now() - began) });
    return { result: 'done', verification };
  } finally {
    fence.open();
  }
}
