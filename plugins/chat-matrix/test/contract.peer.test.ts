import { chatSuite } from '@valfri/sdk/conformance';
import { describe, test } from 'vitest';
import { createMatrixHost, sharedSynapse } from './harness/matrix-host.ts';

chatSuite(
  {
    name: 'chat-matrix',
    features: ['edit', 'delete', 'replies', 'threads', 'reactions', 'typing', 'search', 'readMarkers'],
    create: createMatrixHost,
  },
  { describe: describe.skipIf(!sharedSynapse), test },
);
