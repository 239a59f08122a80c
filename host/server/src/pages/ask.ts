import { CapabilityError, isCapabilityError } from '@valfri/core';
import type { PageQuestion, RunningPlugin } from '@valfri/sdk';
import { inTime, LATE } from '../runtime/in-time.ts';

/** The most that a question or an answer may be, in bytes of JSON. */
const MOST = 64 << 10;
/** How many questions an instance is asked at once. */
const AT_ONCE = 8;

const underWay = new WeakMap<RunningPlugin, number>();

/**
 * Asks the server half of an instance what a page of it wants to know. What has not settled counts as under way, also
 * where nobody waits for it any more.
 * @throws INVALID, QUOTA, UNSUPPORTED, TIMEOUT, INTERNAL, or what the plugin says of the error table.
 */
export async function askInstance(running: RunningPlugin, question: PageQuestion, patience: number): Promise<unknown> {
  if (bytesOf(question.data) > MOST)
    throw new CapabilityError('INVALID', 'data: is more than 64 KiB of JSON.', { field: 'data' });
  if (!running.ask) throw new CapabilityError('UNSUPPORTED', 'The provider answers no questions of its pages.');
  const asked = underWay.get(running) ?? 0;
  if (asked >= AT_ONCE) throw new CapabilityError('QUOTA', `At most ${AT_ONCE} questions at once.`);
  underWay.set(running, asked + 1);
  const work = (async () => running.ask!(question))();
  const settled = () => void underWay.set(running, underWay.get(running)! - 1);
  work.then(settled, settled);
  const answer = await inTime(work.catch(translated), patience);
  if (answer === LATE) throw new CapabilityError('TIMEOUT', `The provider did not answer within ${patience} ms.`);
  return asJson(answer);
}

function translated(error: unknown): never {
  if (isCapabilityError(error)) throw error;
  throw providerFault('The provider failed.', error);
}

/** What crosses is data: nothing of the plugin's own objects does. */
function asJson(answer: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify(answer) ?? 'null';
  } catch (error) {
    throw providerFault('The provider answered what is no JSON.', error);
  }
  if (Buffer.byteLength(text) > MOST) throw providerFault('The provider answered more than 64 KiB.');
  return JSON.parse(text) as unknown;
}

function bytesOf(data: unknown): number {
  return Buffer.byteLength(JSON.stringify(data) ?? '');
}

function providerFault(message: string, cause?: unknown): CapabilityError {
  return new CapabilityError('INTERNAL', message, { reason: 'PROVIDER_FAULT', cause });
}
