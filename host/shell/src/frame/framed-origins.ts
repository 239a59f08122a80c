import { bootstrap } from '../state/bootstrap.ts';

/** Whether this document may not frame an address yet, because what is there was added since it was loaded. */
export function isNews(url: string): boolean {
  const { loadedAnew } = (history.state ?? {}) as { loadedAnew?: boolean };
  return !loadedAnew && !bootstrap.frames?.includes(new URL(url).origin);
}

/** Loads the shell anew, once, so that it may frame what was added since. */
export function loadAnew(): void {
  history.replaceState({ loadedAnew: true }, '');
  location.reload();
}
