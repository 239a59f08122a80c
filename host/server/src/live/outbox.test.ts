import { newId } from '@valfri/core';
import { chat } from '@valfri/sdk';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { Outbox } from './outbox.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('what was handed on is not held on to', async () => {
  const nothing = createLog(() => undefined);
  const outbox = new Outbox({} as never, nothing);
  const given: WeakRef<object>[] = [];
  outbox.addSink(async () => {
    const answer = {};
    given.push(new WeakRef(answer));
    return answer as never;
  });
  const typing = { type: 'typing', data: { room: newId(), person: newId(), on: true } };
  for (let i = 0; i < 100; i++) outbox.signal('one', [chat], typing as never);
  const held = () => {
    collectGarbage();
    return given.filter((each) => each.deref()).length;
  };
  await expect.poll(held, { timeout: 10_000 }).toBe(0);
  expect(given).toHaveLength(100);
});
