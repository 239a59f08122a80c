import { documents } from '@valfri/sdk';
import { documentsSuite } from '@valfri/sdk/conformance';
import { createTestHost } from '@valfri/sdk/testing';
import { describe, test } from 'vitest';
import { documentsLocal } from '../src/index.ts';

documentsSuite(
  {
    name: 'documents-local',
    features: ['versions', 'trash', 'shares', 'search', 'locks'],
    create: () => createTestHost({ capability: documents, plugin: documentsLocal }),
  },
  { describe, test },
);
