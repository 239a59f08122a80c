import { officeSuite, type OfficeSubject } from '@valfri/sdk/conformance';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Config, DocumentServerDouble } from './document-server-double.ts';
import { SECRET, startHost } from './harness.ts';

const server = new DocumentServerDouble(SECRET);

beforeAll(() => server.start());
afterAll(() => server.stop());

/** The configurations that the pages were handed, by session. */
const configs = new Map<string, Config>();

/** Whoever opens a file is given a configuration; whoever closes one leaves the document server too. */
async function create(): Promise<OfficeSubject> {
  const host = await startHost(server);
  const { as } = host;
  return Object.assign(host, {
    as: (person: string) => {
      const handle = as(person);
      return {
        ...handle,
        openFile: async (input: Parameters<typeof handle.openFile>[0]) => {
          const answer = await handle.openFile(input);
          configs.set(input.session, (answer.data as unknown as { config: Config }).config);
          return answer;
        },
        closeSession: async (input: { session: string }) => {
          const answer = await handle.closeSession(input);
          const config = configs.get(input.session);
          if (config) await server.close(config.document.key);
          return answer;
        },
      };
    },
  });
}

officeSuite(
  {
    name: 'office-onlyoffice, with a double of the document server: not met a real one',
    features: ['comment', 'review', 'convert', 'mention'],
    create,
    sample: {
      name: 'utkast.docx',
      mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      content: 'ett utkast',
    },
    write: async (_, session, word) => server.write(configs.get(session)!, word),
    holds: (content, word) => Buffer.from(content).toString().includes(word),
  },
  { describe, test },
);
