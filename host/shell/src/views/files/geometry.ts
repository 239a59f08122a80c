/** How entries stand: one under another, or as tiles side by side. */
export interface Geometry {
  readonly columns: number;
  /** Of a row, in pixels. */
  readonly height: number;
  /** Of a tile, in pixels; absent where an entry is as wide as the list. */
  readonly width?: number;
}

/** Height of a row of the list, in pixels; as in the style sheet. */
const ROW = 46;
/** Least width of a tile, and height of all of them, in pixels. */
const TILE = { width: 148, height: 176 };
/** Room at the edges of the tiles, in pixels. */
const EDGE = 12;

/** How entries stand in a list of a width in pixels. */
export function geometryOf(view: 'list' | 'tiles', width: number): Geometry {
  if (view === 'list') return { columns: 1, height: ROW };
  const room = Math.max(TILE.width, width - 2 * EDGE);
  const columns = Math.max(1, Math.floor(room / TILE.width));
  return { columns, height: TILE.height, width: Math.floor(room / columns) };
}

/** Height of all of it, in pixels. */
export function wholeHeight({ columns, height, width }: Geometry, total: number): number {
  return Math.ceil(total / columns) * height + (width ? 2 * EDGE : 0);
}

/** Where an entry is drawn, as CSS. */
export function styleOf({ columns, height, width }: Geometry, index: number): string {
  const top = Math.floor(index / columns) * height;
  if (!width) return `top:${top}px`;
  return `top:${EDGE + top}px;left:${EDGE + (index % columns) * width}px;width:${width}px`;
}

/** Which entries are in sight, with some rows beyond the edges. */
export function inSight(
  { columns, height }: Geometry,
  { top, room, more }: { readonly top: number; readonly room: number; readonly more: number },
): readonly [from: number, until: number] {
  const from = Math.max(0, Math.floor(top / height) - more);
  return [from * columns, (Math.ceil((top + room) / height) + more) * columns];
}

/** How far one must have scrolled to see an entry, from where one is. */
export function scrolledTo(
  { columns, height, width }: Geometry,
  index: number,
  { top, room }: { readonly top: number; readonly room: number },
): number {
  const start = Math.floor(index / columns) * height;
  const end = start + height + (width ? 2 * EDGE : 0);
  return start < top ? start : end > top + room ? end - room : top;
}

/** Where a key leads from an entry; `undefined` where it leads nowhere. */
export function stepOf(
  key: string,
  index: number,
  { columns, total, page }: { readonly columns: number; readonly total: number; readonly page: number },
): number | undefined {
  const tiles = columns > 1;
  const to = {
    ArrowDown: index + columns,
    ArrowUp: index - columns,
    ArrowRight: tiles ? index + 1 : undefined,
    ArrowLeft: tiles ? index - 1 : undefined,
    Home: 0,
    End: total - 1,
    PageDown: index + page * columns,
    PageUp: index - page * columns,
  }[key];
  if (to === undefined) return undefined;
  // From the last whole row down leads to the last of all, and not past it.
  if (key === 'ArrowUp' && to < 0) return index;
  return Math.max(0, Math.min(total - 1, to));
}
