import { html, type TemplateResult } from 'lit';
import { changePreferences, preferences } from '../state/preferences.ts';
import { texts } from '../text/text.ts';

const words = texts({
  sv: { list: 'Listans bredd', panel: 'Panelens bredd', file: 'Filens bredd' },
  en: { list: 'Width of the list', panel: 'Width of the panel', file: 'Width of the file' },
});
const limits = { list: [200, 480, 292], panel: [300, 720, 380], file: [300, 1_200, 640] } as const;

/** A handle by which a column is made wider or narrower: by dragging, or with the arrow keys. */
export function resizer(column: 'list' | 'panel' | 'file'): TemplateResult {
  const [least, most, usual] = limits[column];
  const width = preferences.value.widths?.[column] ?? usual;
  const set = (wanted: number) => {
    const next = Math.round(Math.max(least, Math.min(most, wanted)));
    document.documentElement.style.setProperty(`--${column}`, `${next}px`);
    return next;
  };
  const keep = (next: number) => changePreferences({ widths: { ...preferences.peek().widths, [column]: next } });
  const direction = column === 'list' ? 1 : -1;
  const drag = (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    const from = event.clientX;
    let next = width;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (move) => (next = set(width + (move.clientX - from) * direction));
    handle.onpointerup = () => {
      handle.onpointermove = null;
      handle.onpointerup = null;
      keep(next);
    };
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    keep(set(width + step * direction));
  };
  return html`<div
    class="resizer ${column === 'list' ? 'list' : 'panel'}"
    role="separator"
    aria-orientation="vertical"
    aria-label=${words.value[column]}
    aria-valuenow=${width}
    aria-valuemin=${least}
    aria-valuemax=${most}
    tabindex="0"
    @pointerdown=${drag}
    @keydown=${keys}
    @dblclick=${() => keep(set(usual))}
  ></div>`;
}
