import type { RefusalDefinition } from '@valfri/core';

/** The same for what is not there and what is not the person's to see: neither is to be told apart. */
export function noNode(field: string): RefusalDefinition {
  return { code: 'NOT_FOUND', field, when: 'There is no such thing, or the person may not see it' };
}

/** They may see it, and not do this. */
export function mayNot(what: string): RefusalDefinition {
  return { code: 'DENIED', when: `The person may see it, and not ${what}` };
}

/** What has to be a folder. */
export const noFolder: RefusalDefinition = { code: 'INVALID', field: 'parent', when: 'It is no folder' };

/** What has to be a file. */
export const noFile: RefusalDefinition = { code: 'INVALID', field: 'file', when: 'It is a folder' };

/** A name is there once in a folder. */
export const taken: RefusalDefinition = {
  code: 'CONFLICT',
  reason: 'NAME_TAKEN',
  field: 'name',
  when: 'Something else in the folder has the name',
};

/** Ids come from the caller, and are used once. */
export const foreignId: RefusalDefinition = {
  code: 'CONFLICT',
  field: 'id',
  when: 'Something else has this id',
};

/** Somebody else was faster. */
export const changed: RefusalDefinition = {
  code: 'CONFLICT',
  reason: 'CHANGED',
  field: 'ifVersion',
  when: 'The file has another version than `ifVersion` says',
};

/** A lock guards it. */
export const locked: RefusalDefinition = {
  code: 'CONFLICT',
  reason: 'LOCKED',
  when: 'It is locked, and none of `locks` is a token of what guards it',
};
