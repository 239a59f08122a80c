import { createChatTables } from '@valfri/sdk/server';

export const up = createChatTables;
