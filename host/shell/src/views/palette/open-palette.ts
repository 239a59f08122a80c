import { tell } from '../../state/notices.ts';
import { text } from '../../text/text.ts';
import type { PaletteScope } from './match.ts';

let loading: Promise<typeof import('./palette.ts')> | undefined;

function load(): Promise<typeof import('./palette.ts')> {
  loading ??= import('./palette.ts');
  loading.catch(() => (loading = undefined));
  return loading;
}

/** Opens the palette. It is fetched as soon as the page has nothing better to do, so that it opens at once. */
export function openPalette(scope: PaletteScope = 'all'): void {
  load().then(
    ({ showPalette }) => showPalette(scope),
    () => tell(text.value.errorOffline, { kind: 'bad' }),
  );
}

const whenIdle =
  (globalThis as { requestIdleCallback?: (run: () => void) => void }).requestIdleCallback ??
  ((run: () => void) => setTimeout(run, 1_500));
whenIdle(() => void load().catch(() => undefined));
