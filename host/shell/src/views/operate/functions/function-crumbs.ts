import { pageName } from '../nav.ts';
import type { PageHead } from '../page-parts.ts';
import { paths } from '../paths.ts';
import { functionName } from '../vocabulary.ts';

/** The pages above one that belongs to a function: the functions, and that one where it is known. */
export function functionCrumbs(capability?: string): NonNullable<PageHead['crumbs']> {
  const all = [paths.functions, pageName('functions')] as const;
  return capability === undefined ? [all] : [all, [paths.function(capability), functionName(capability)]];
}
