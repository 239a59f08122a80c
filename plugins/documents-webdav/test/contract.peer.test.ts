import { documentsSuite } from '@valfri/sdk/conformance';
import { describe, test } from 'vitest';
import { createWebdavHost, sharedWebdav } from './harness/webdav-host.ts';

const features = ['versions', 'trash', 'shares', 'search', 'locks', 'tags', 'changes'];
const harness = { name: 'documents-webdav on Apache', features, create: () => createWebdavHost() };

documentsSuite(harness, { describe: describe.skipIf(!sharedWebdav), test });
