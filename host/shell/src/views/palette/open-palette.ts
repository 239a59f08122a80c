import type { PaletteScope } from './match.ts';

let loading: Promise<typeof import('./palette.ts')> | undefined;

function load(): Promise<typeof import('./palette.ts')> {
  return (loading ??= import('./palette.ts'));
}

/** Opens the palette. It is fetched as soon as the page has nothing better to do, so that it opens at once. */
export function openPalette(scope: PaletteScope = 'all'): void {
  void load().then(({ showPalette }) => showPalette(scope));
}

const whenIdle =
  (globalThis as { requestIdleCallback?: (run: () => void) => void }).requestIdleCallback ??
  ((run: () => void) => setTimeout(run, 1_500));
whenIdle(() => void load());
