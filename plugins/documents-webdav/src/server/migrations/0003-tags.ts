import { createDocumentTags } from '@valfri/sdk/server';

export const up = createDocumentTags;
