import { parentPort } from 'node:worker_threads';
import { checkZip } from './checked-zip.ts';
import { beginDocx, emptyDocx, writeDocx } from './docx-file.ts';

/** What the thread is asked. */
export type DocxQuestion =
  | { readonly id: number; readonly do: 'begin'; readonly bytes: Uint8Array }
  | { readonly id: number; readonly do: 'write'; readonly base: Uint8Array; readonly state: Uint8Array };

/** What it answers. */
export type DocxAnswer =
  | { readonly id: number; readonly done: unknown }
  | {
      readonly id: number;
      readonly failed: { readonly message: string; readonly code?: string; readonly reason?: string };
    };

async function answered(question: DocxQuestion): Promise<unknown> {
  if (question.do === 'write') return writeDocx(question.base, question.state);
  const base = question.bytes.length > 0 ? question.bytes : await emptyDocx();
  await checkZip(base);
  return { ...(await beginDocx(base)), base };
}

const answer = (said: DocxAnswer): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort!.postMessage(said);
};

parentPort!.on('message', async (question: DocxQuestion) => {
  const { id } = question;
  try {
    answer({ id, done: await answered(question) });
  } catch (error) {
    const { message, code, reason } = error as { message: string; code?: string; reason?: string };
    answer({ id, failed: { message, ...(code && { code }), ...(reason && { reason }) } });
  }
});
