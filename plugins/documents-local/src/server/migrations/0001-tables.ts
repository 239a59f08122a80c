import { createDocumentTables } from '@valfri/sdk/server';

export const up = createDocumentTables;
