import { describe, test } from 'vitest';
import { chat } from '../capabilities/chat.ts';
import { chatSuite } from '../conformance/index.ts';
import { memoryChatPlugin } from './memory-chat-plugin.ts';
import { createTestHost } from './test-host.ts';

const features = ['edit', 'delete', 'replies', 'threads', 'reactions', 'typing', 'search'] as const;

chatSuite(
  {
    name: 'the reference provider',
    features,
    create: () => createTestHost({ capability: chat, plugin: memoryChatPlugin() }),
  },
  { describe, test },
);

chatSuite(
  {
    name: 'the reference provider with the core alone',
    features: [],
    create: () => createTestHost({ capability: chat, plugin: memoryChatPlugin({ without: features }) }),
  },
  { describe, test },
);
