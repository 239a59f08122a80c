import { defineCapability, idSchema, type RefusalDefinition } from '@valfri/core';
import { z } from 'zod';
import { mediaType, nodeId, nodeName, size, versionId } from './documents-views.ts';
import { person, text } from './fields.ts';

const nothing = z.object({});
const session = idSchema.describe('Host id of an editing session: one person with one file open');
const extension = z
  .string()
  .regex(/^[a-z0-9]{1,16}$/, 'is no ending of a file name, such as "docx"')
  .describe('Ending of a file name, in lower case, without the dot');

/** What a session may do with its file; each may what the one before may. */
export const OFFICE_ACTIONS = ['view', 'comment', 'review', 'edit'] as const;
/** What a session may do with its file. */
export const officeAction = z
  .enum(OFFICE_ACTIONS)
  .describe('Each may what the one before may; a reviewer’s changes are suggestions');

/** What a provider can do with files of one kind. */
export const format = z.object({
  extension,
  mediaType,
  actions: z.array(officeAction).min(1),
  creates: z.boolean().default(false).describe('Whether it can begin with an empty file of this kind'),
  convertsTo: z.array(extension).default([]).describe('With the feature `convert`'),
});

const opened = z.object({
  id: nodeId,
  name: text(255),
  mediaType,
  size,
  version: versionId.describe('What it holds when it is opened'),
});

const noSession: RefusalDefinition = {
  code: 'NOT_FOUND',
  field: 'session',
  when: 'There is no such session with this provider',
};
const noFormat: RefusalDefinition = {
  code: 'INVALID',
  reason: 'FORMAT',
  field: 'file',
  when: 'It has no action for files of this kind',
};

/** Files opened and edited, together, in a frame of the provider's. The host says who opens what with whom. */
export const office = defineCapability({
  id: 'office',
  major: 0,
  minor: 1,
  swap: 'stateless',
  summary: 'Files opened and edited, together, in a frame of the provider’s. The host says who opens what with whom.',

  features: {
    comment: z.object({}).describe('People may comment who may not write'),
    review: z.object({}).describe('Changes may be suggestions'),
    convert: z.object({}).describe('Files of one kind can be made into another'),
    mention: z.object({}).describe('People can be mentioned in a comment'),
  },

  operations: {
    listFormats: {
      summary: 'Which files it opens, and what can be done with them.',
      effect: 'read',
      input: nothing,
      output: z.object({ formats: z.array(format) }),
    },
    openFile: {
      summary:
        'Prepares a session that the host has made, and says which page of the plugin shows it. The same session again changes nothing.',
      effect: 'write',
      refusals: [noSession, noFormat],
      input: z.object({
        session,
        file: opened,
        action: officeAction,
        language: z.enum(['sv', 'en']).describe('What the person reads'),
        theme: z.enum(['light', 'dark', 'contrast']),
      }),
      output: z.object({
        page: z.string().describe('Id of a page of the manifest, of the kind `editor` or `vendor`'),
        data: z.json().optional().describe('What the page is handed, at most 64 KiB of JSON'),
      }),
    },
    closeSession: {
      summary: 'The person has closed the file; what is not saved yet is saved. One that there is not changes nothing.',
      effect: 'write',
      input: z.object({ session }),
      output: nothing,
    },
    saveFile: {
      summary: 'Saves what it holds of a file and has not saved, and answers when that is done.',
      effect: 'read',
      input: z.object({ file: nodeId }),
      output: z.object({
        saved: z.boolean().describe('False where something could not be saved; it is kept, and tried again'),
      }),
    },
    convertFile: {
      summary: 'Makes a file of another kind, beside the one that is open.',
      effect: 'write',
      feature: 'convert',
      refusals: [noSession, { ...noFormat, field: 'to', when: 'It cannot make files of that kind of it' }],
      input: z.object({ session, to: extension, id: nodeId.describe('Of the new file'), name: nodeName }),
      output: z.object({ file: nodeId }),
    },
  },

  events: {
    'person.mentioned': {
      summary: 'Somebody was mentioned in a comment.',
      topic: 'person',
      payload: z.object({ person, by: person, file: nodeId, text: text(1_000) }),
    },
  },

  records: {},
});

/** What a session may do with its file. */
export type OfficeAction = z.output<typeof officeAction>;
/** What a provider can do with files of one kind. */
export type OfficeFormat = z.output<typeof format>;
