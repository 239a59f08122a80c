import { office } from '@valfri/sdk';
import { officeSuite, type OfficeSubject } from '@valfri/sdk/conformance';
import { createTestHost } from '@valfri/sdk/testing';
import { describe, test } from 'vitest';
import { officeBuiltin } from '../src/index.ts';
import { holds, Writer } from './harness/writer.ts';

officeSuite(
  {
    name: 'office-builtin',
    features: [],
    create: () => createTestHost({ capability: office, plugin: officeBuiltin }),
    sample: { name: 'anteckningar.md', mediaType: 'text/markdown', content: '# Möte\n' },
    write: (subject, session, word) => writeWord(subject, session, word),
    holds: (content, word) => new TextDecoder().decode(content).includes(word),
  },
  { describe, test },
);

async function writeWord(subject: OfficeSubject, session: string, word: string): Promise<void> {
  const writer = new Writer(subject, session);
  writer.connect();
  await holds('it is open', () => writer.welcome !== undefined || writer.ended);
  writer.write(0, word);
  await holds('it is kept, or refused', () => writer.saved === 'kept' || writer.again || writer.ended);
  if (writer.again || writer.ended) throw new Error('the session may not write');
}
