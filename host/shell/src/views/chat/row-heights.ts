import { measureElement, type VirtualItem, type Virtualizer } from '@tanstack/lit-virtual';
import type { Row } from './rows.ts';

/** A guess at a row's height in CSS pixels until it is measured; where it is right nothing has to be drawn anew. */
export function estimate(row: Row | undefined): number {
  if (!row || row.kind === 'beginning') return 96;
  const length = row.message.text.length;
  return (row.compact ? 24 : 58) + Math.floor(length / 90) * 22 + (row.day ? 42 : 0);
}

/** The last rows, as many as a window can show. */
export function lastScreen(rows: readonly Row[]): Pick<VirtualItem, 'key' | 'index' | 'start'>[] {
  const shown: ReturnType<typeof lastScreen> = [];
  for (let index = rows.length - 1, height = 0; index >= 0 && height < innerHeight; index--) {
    const row = rows[index]!;
    height += estimate(row);
    shown.unshift({ key: row.key, index, start: 0 });
  }
  return shown;
}

/** A row's height; one that is not in the page yet has none, and is observed until it has. */
export function sizeOf(
  element: HTMLElement,
  entry: ResizeObserverEntry | undefined,
  virtual: Virtualizer<HTMLElement, HTMLElement>,
): number {
  if (element.isConnected) return measureElement(element, entry, virtual);
  const index = virtual.indexFromElement(element);
  return virtual.measurementsCache[index]?.size ?? virtual.options.estimateSize(index);
}
