import { signal } from '@preact/signals-core';
import type { Message } from '@valfri/sdk';
import { bootstrap } from '../bootstrap.ts';

const KEY = `valfri.drafts.${bootstrap.session.signedIn?.id ?? ''}`;

/** What somebody has written and not sent. */
export interface Draft {
  readonly text: string;
  /** Ids of the people named in it, by name as it is written. */
  readonly mentions: Readonly<Record<string, string>>;
  readonly replyTo?: string | undefined;
  readonly attachments?: Message['attachments'] | undefined;
}

/** Drafts by room, or by room and thread; kept on this device, for every tab. */
export const drafts = signal<Readonly<Record<string, Draft>>>(remembered());

function remembered(): Readonly<Record<string, Draft>> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, Draft>;
  } catch {
    return {};
  }
}

/** Where the draft for a room or a thread is kept. */
export function draftKey(room: string, thread?: string): string {
  return thread === undefined ? room : `${room}/${thread}`;
}

/** Keeps a draft; an empty one is forgotten. */
export function keepDraft(key: string, draft: Draft): void {
  const { [key]: _, ...others } = drafts.peek();
  const empty = draft.text.trim() === '' && draft.replyTo === undefined && !draft.attachments?.length;
  drafts.value = empty ? others : { ...others, [key]: draft };
  localStorage.setItem(KEY, JSON.stringify(drafts.value));
}

addEventListener('storage', ({ key }) => {
  if (key === KEY) drafts.value = remembered();
});
