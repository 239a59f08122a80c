import { officeSuite, type OfficeSubject } from '@valfri/sdk/conformance';
import { describe, test } from 'vitest';
import { EditorDouble } from './harness/editor-double.ts';
import { createWopiHost } from './harness/wopi-host.ts';

interface Subject extends OfficeSubject {
  readonly double: EditorDouble;
}

async function create(settings: object): Promise<Subject> {
  const host = await createWopiHost({ settings: settings as Record<string, unknown> });
  const double = new EditorDouble(host);
  const as: OfficeSubject['as'] = (person, groups) => {
    const handle = host.as(person, groups);
    return {
      ...handle,
      async openFile(input: never, options: never) {
        const answer = await handle.openFile(input, options);
        double.opened((input as { session: string }).session, answer.data);
        return answer;
      },
    } as never;
  };
  return { ...host, as, double };
}

const sample = { name: 'Protokoll.txt', mediaType: 'text/plain', content: 'Hej' };
const common = {
  sample,
  write: ({ double }: Subject, session: string, word: string) => double.write(session, word),
  holds: (content: Uint8Array, word: string) => new TextDecoder().decode(content).includes(word),
};

officeSuite({ name: 'office-wopi', features: [], create: () => create({}), ...common }, { describe, test });
officeSuite(
  {
    name: 'office-wopi with comments',
    features: ['comment'],
    create: () => create({ commenting: true }),
    ...common,
  },
  { describe, test },
);
