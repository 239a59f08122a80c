import type { Message } from '@valfri/sdk';
import { preferences } from '../../state/preferences.ts';
import { menuItems, type MessageContext } from './message.ts';

/** As a message's menu names them. */
const NAMES: Readonly<Record<string, string>> = { '+': '+', r: 'R', t: 'T', e: 'E', l: 'L', Delete: 'Del' };

/** The row that a key leads to from another; `undefined` for a key that leads nowhere. */
export function rowByKey(key: string, from: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: count - 1 };
  const to = steps[key];
  return to === undefined ? undefined : Math.max(0, Math.min(to, count - 1));
}

/** Does what a key asks for on the message that has the focus. */
export function actByKey(event: KeyboardEvent, message: Message, context: MessageContext): void {
  const article = event.target as HTMLElement;
  if (event.key === 'Enter' || event.key === 'ContextMenu') {
    event.preventDefault();
    article.querySelector<HTMLElement>('.tools button:last-child')?.click();
    return;
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!plain || (event.key.length === 1 && preferences.value.singleKeys === false)) return;
  const named = NAMES[event.key];
  const item = menuItems(message, context, article).find(({ keys }) => keys !== undefined && keys === named);
  if (!item) return;
  event.preventDefault();
  item.run();
}
