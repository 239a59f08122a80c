import { createChatRevision } from '@valfri/sdk/server';

export const up = createChatRevision;
