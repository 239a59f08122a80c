import type { chat, Handle } from '@valfri/sdk';
import type { WritingChat } from '@valfri/sdk/testing';
import type { AppClient } from '@valfri/server/testing';

/** A person's chat by the API that the shell uses, in the shape of a handle. */
export function chatOf({ chat: api }: AppClient): WritingChat & Pick<Handle<typeof chat>, 'history'> {
  return {
    sendMessage: (input) => api.sendMessage.mutate(input),
    editMessage: (input) => api.editMessage.mutate(input),
    deleteMessage: (input) => api.deleteMessage.mutate(input),
    react: (input) => api.react.mutate(input),
    history: (input) => api.history.query(input),
  };
}

/** Whether nobody answered, or nobody could now: the same write is sent again, as the shell does. */
export function notAnswered(error: unknown): boolean {
  const { data } = error as { data?: { detail?: { code?: string } } | null };
  const code = data?.detail?.code;
  return data === undefined || data === null || code === 'UNAVAILABLE' || code === 'FENCED' || code === 'TIMEOUT';
}

/** Where a move stands; absent while nobody answers. */
export async function swapState(api: AppClient, id: string): Promise<string | undefined> {
  try {
    return (await api.swaps.get.query({ id })).state;
  } catch (error) {
    if (notAnswered(error)) return undefined;
    throw error;
  }
}
