import { expect, test } from 'vitest';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Log } from '../log.ts';
import type { People } from '../people/people.ts';
import { RefusedSignIns } from './refused-sign-ins.ts';

test('what was refused stands in the order in which it happened, however long each takes', async () => {
  const kept: string[] = [];
  const lookedUp: (() => void)[] = [];
  const refused = new RefusedSignIns({
    people: {
      idByEmail: () => new Promise((resolve) => lookedUp.push(() => resolve('eva'))),
    } as unknown as People,
    audit: { add: async ({ action }: { action: string }) => void kept.push(action) } as unknown as AuditTrail,
    log: {} as Log,
  });
  refused.keep('eva@example.org', 'session.refused');
  refused.keep('eva@example.org', 'session.blocked');
  await expect.poll(() => lookedUp.length).toBeGreaterThan(0);
  while (kept.length < 2) {
    lookedUp.pop()?.();
    await Promise.resolve();
  }
  expect(kept).toEqual(['session.refused', 'session.blocked']);
});
