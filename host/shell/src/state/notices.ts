import { signal } from '@preact/signals-core';

/** Something to tell, that goes away by itself. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly kind: 'info' | 'bad';
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/** Notices that are shown now. */
export const notices = signal<readonly Notice[]>([]);
/** What a screen reader is told, without anything being shown. */
export const announcement = signal('');
let count = 0;

/** Tells something; what can be undone or repeated stays longer. */
export function tell(
  text: string,
  given: { readonly kind?: Notice['kind']; readonly action?: Notice['action'] } = {},
): void {
  const notice: Notice = { id: ++count, text, kind: given.kind ?? 'info', action: given.action };
  notices.value = [...notices.value.slice(-2), notice];
  setTimeout(() => dismiss(notice.id), given.action ? 10_000 : 5_000);
}

/** Takes a notice away. */
export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Has a screen reader say something. */
export function announce(text: string): void {
  announcement.value = announcement.peek() === text ? `${text}\u00A0` : text;
}
