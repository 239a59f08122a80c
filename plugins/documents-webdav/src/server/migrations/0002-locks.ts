import { createDocumentLocks } from '@valfri/sdk/server';

export const up = createDocumentLocks;
