import { RejectedError } from './carry.ts';
import type { CutOver } from './cut-over.ts';
import type { SwapFailure, SwapState } from './swap.ts';

const WHY_UNEQUAL =
  'Either a record was lost or changed on the way, or the digest of one of them is not taken over canonicalText() of the ' +
  'SDK: its contract suite tells which. "valfri swap status" shows each kind of record.';

/** Writes arrive as fast as the target takes them. */
export class CannotCatchUp extends Error {
  readonly failureCode = 'CANNOT_CATCH_UP';

  constructor(took: number) {
    super(
      `Writes arrive as fast as the new provider takes them: a round of catching up still takes ${Math.round(took)} ms. ` +
        'Nothing was held back; try again at a quieter time, or with a faster provider.',
    );
  }
}

/** Writes under way did not end within the time a fence may last. */
export class FenceTimeout extends Error {
  readonly failureCode = 'FENCE_TIMEOUT';

  constructor() {
    super('Writes that were under way did not end in time, three times over. They were let go on; try again later.');
  }
}

/** Source and target do not hold the same. */
export class Mismatch extends Error {
  readonly failureCode = 'VERIFY_MISMATCH';
  readonly outcome: CutOver | undefined;

  constructor(message: string, outcome?: CutOver) {
    super(message);
    this.outcome = outcome;
  }
}

/** What the operator is told of what went wrong during a state. */
export function failureOf(error: unknown, during: SwapState): SwapFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RejectedError) return { during, code: 'REJECTED', message };
  const code = (error as { failureCode?: SwapFailure['code'] } | null)?.failureCode;
  return { during, code: code ?? 'PROVIDER', message };
}

/** Which kinds of record differ, and how. */
export function describe({ verification }: CutOver): string {
  const unequal = (verification ?? []).filter(({ equal }) => !equal);
  const each = unequal.map(({ type, source, target }) =>
    source.count === target.count
      ? `${type}: ${source.count} before and after, but their digests differ: ${source.sum} before, ${target.sum} after`
      : `${type}: ${source.count} before, ${target.count} after`,
  );
  return `The two providers do not hold the same: ${each.join('; ')}. ${WHY_UNEQUAL}`;
}
