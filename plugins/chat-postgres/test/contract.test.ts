import { chat } from '@valfri/sdk';
import { chatSuite } from '@valfri/sdk/conformance';
import { createTestHost } from '@valfri/sdk/testing';
import { describe, test } from 'vitest';
import { chatPostgres } from '../src/index.ts';

chatSuite(
  {
    name: 'chat-postgres',
    features: ['edit', 'delete', 'replies', 'threads', 'reactions', 'typing', 'search'],
    create: () => createTestHost({ capability: chat, plugin: chatPostgres }),
  },
  { describe, test },
);
