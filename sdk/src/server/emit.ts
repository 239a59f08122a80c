import { type Announcement, BugError, type CapabilityDefinition } from '@valfri/core';
import { type RawBuilder, sql } from 'kysely';

/**
 * The statement that announces events within the transaction that made them true: they are delivered if and only if
 * it commits. The host finds out by itself who announced.
 */
export function emitted<C extends CapabilityDefinition>(
  capability: C,
  announcements: readonly Announcement<C>[],
): RawBuilder<unknown> {
  return sql`SELECT valfri.emit(${JSON.stringify(withTopics(capability, announcements))}::jsonb)`;
}

/** Announcements with the id of the topic whose audience receives them. */
export function withTopics(
  capability: CapabilityDefinition,
  announcements: readonly Announcement[],
): readonly { readonly topic: string; readonly type: string; readonly data: unknown }[] {
  return announcements.map(({ type, data }) => {
    const field = capability.events[type]?.topic;
    if (field === undefined) throw new BugError(`${capability.id} has no event "${type}"`);
    return { topic: String((data as Record<string, unknown>)[field]), type, data };
  });
}
