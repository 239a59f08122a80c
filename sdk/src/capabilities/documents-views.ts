import { idSchema } from '@valfri/core';
import { z } from 'zod';
import { nameFault, normalName } from '../documents/names.ts';
import { ROLES } from '../documents/roles.ts';
import { person, text, time } from './fields.ts';

/** Id of a file or folder. */
export const nodeId = idSchema.describe('Host id of a file or folder');
/** Id of one state of a file's content; its entity tag. */
export const versionId = idSchema.describe('Host id of a version of a file: its entity tag (RFC 9110)');
/** What a person may do. */
export const role = z.enum(ROLES).describe('Each may what the one before may; an owner shares and deletes');
/** What somebody can be given: an owner is who made the folder at the top. */
export const givenRole = z.enum(['viewer', 'commenter', 'editor']);
/** A name in a folder. */
export const nodeName = z
  .string()
  .superRefine((name, context) => {
    const fault = nameFault(name);
    if (fault) context.addIssue({ code: 'custom', message: fault });
  })
  .transform(normalName)
  .describe('At most 255 bytes of UTF-8, without / \\ and control characters; in NFC; unique in its folder');
/** SHA-256 of some content. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal digits')
  .describe('SHA-256 in hexadecimal digits, lower case');
/** A size in bytes. */
export const size = z.int().min(0).describe('In bytes');
/** What kind of content it is. */
export const mediaType = z
  .string()
  .regex(/^[\w.+-]{1,60}\/[\w.+-]{1,80}$/, 'is no media type, such as "text/plain"')
  .describe('Media type (RFC 6838) without parameters');
/** A part of the content. */
export const range = z
  .object({ start: z.int().min(0), end: z.int().min(1).optional() })
  .refine(({ start, end }) => end === undefined || end > start, { path: ['end'], message: 'is not after start' })
  .describe('In bytes: from start up to, not including, end');

/** The content of a file at one time. */
export const version = z.object({
  id: versionId,
  size,
  sha256,
  mediaType,
  modifiedAt: time.describe('When the content was last changed, as the one who wrote it says'),
  savedAt: time,
  savedBy: person,
});

/** What tells a lock from others, and is the key to it. */
export const lockToken = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[\u0020-\u007E]*$/, 'holds a character that is not printable ASCII')
  .describe('Token of a lock: printable ASCII, such as a URI (RFC 4918) or whatever an editor makes');

const held = {
  person: person.describe('Who locked it'),
  note: text(1_000).optional().describe('What the client calls its owner'),
  lockedAt: time,
  expiresAt: time.describe('When it ends of itself'),
};

/** What keeps others from writing. */
export const lock = z.object({
  token: lockToken,
  node: nodeId.describe('What is locked: the node that was asked about, or a folder above it'),
  exclusive: z.boolean(),
  deep: z.boolean(),
  ...held,
});

/** A file or folder as the one who asks sees it. */
export const node = z.object({
  id: nodeId,
  kind: z.enum(['folder', 'file']),
  name: text(255).describe('Empty for a home folder'),
  parent: nodeId.optional().describe('Absent where nothing above it is theirs to see'),
  owner: person.describe('Who owns the folder at the top'),
  createdAt: time,
  createdBy: person,
  role,
  shared: z.boolean().describe('Whether somebody was given something on it'),
  version: version.optional().describe('Of a file: its content now'),
  lock: z.object(held).optional().describe('The first lock that is on it itself, where there is one'),
});

/** What somebody was given. */
export const grant = z
  .object({
    node: nodeId.describe('Where it was given: the node, or one above it'),
    person: person.optional(),
    group: idSchema.optional().describe('Host id of a group'),
    role: givenRole,
    givenAt: time,
    givenBy: person,
  })
  .refine(({ person: one, group }) => (one === undefined) !== (group === undefined), {
    path: ['person'],
    message: 'and group exclude each other, and one of them is due',
  });

/** A file or folder in the trash. */
export const trashed = z.object({
  id: nodeId,
  kind: z.enum(['folder', 'file']),
  name: text(255),
  deletedAt: time,
  deletedBy: person,
  size: size.describe('Of all that is in it'),
});

/** A file or folder as the one who asks sees it. */
export type DocumentNode = z.output<typeof node>;
/** The content of a file at one time. */
export type Version = z.output<typeof version>;
/** What keeps others from writing. */
export type Lock = z.output<typeof lock>;
/** What somebody was given. */
export type Grant = z.output<typeof grant>;
/** A file or folder in the trash. */
export type Trashed = z.output<typeof trashed>;
