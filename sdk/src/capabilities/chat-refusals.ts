import type { RefusalDefinition } from '@valfri/core';

/** The same for a room that is not there and one that is not the person's: neither is to be told apart. */
export const noMember: RefusalDefinition = {
  code: 'NOT_FOUND',
  field: 'room',
  when: 'There is no such room, or the person is no member of it',
};
export const noOwner: RefusalDefinition = { code: 'DENIED', when: 'The person is a member, and no owner' };
export const archived: RefusalDefinition = { code: 'CONFLICT', reason: 'ARCHIVED', when: 'The room is archived' };
export const deleted: RefusalDefinition = { code: 'CONFLICT', reason: 'DELETED', when: 'The message was deleted' };

/** Nobody comes into a direct room, or leaves it. */
export const direct: RefusalDefinition = { code: 'CONFLICT', reason: 'DIRECT', when: 'It is a direct room' };

/** A message that is not there, or in another room. */
export function noMessage(field: string): RefusalDefinition {
  return { code: 'NOT_FOUND', field, when: 'There is no such message in this room' };
}
