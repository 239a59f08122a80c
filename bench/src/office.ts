import { newId, office } from '@valfri/sdk';
import { createTestHost } from '@valfri/sdk/testing';
import { officeBuiltin } from '../../plugins/office-builtin/src/index.ts';
import { holds, Writer } from '../../plugins/office-builtin/test/harness/writer.ts';
import { percentile, print, rounded, say } from './lib/report.ts';

const PEOPLE = 20;
const KEYSTROKES = 100;
/** Between two keystrokes of one person, in milliseconds. */
const PACE = 100;

print('office', { textOfTwenty: await textOfTwenty() });

/** Twenty people write in one text; no network is between them and the server half, which keeps all in a real database. */
async function textOfTwenty() {
  await using subject = await createTestHost({ capability: office, plugin: officeBuiltin });
  const file = subject.files.add({ name: 'a.md', content: 'Text.\n'.repeat(500), mediaType: 'text/markdown' });
  const writers = await Promise.all(Array.from({ length: PEOPLE }, () => opened()));
  say(`${PEOPLE} people write ${KEYSTROKES} letters each …`);
  const sent = new Map<string, number>();
  const arrivals: number[] = [];
  const last = writers.at(-1)!;
  last.shared.doc.getText('text').observe(({ delta }) => {
    for (const { insert } of delta) {
      const at = typeof insert === 'string' ? sent.get(insert) : undefined;
      if (at !== undefined) arrivals.push(performance.now() - at);
    }
  });
  await Promise.all(writers.slice(0, -1).map((writer, i) => writes(writer, i)));
  await holds('all has arrived', () => arrivals.length === (PEOPLE - 1) * KEYSTROKES);
  await holds('all is kept', () => writers.slice(0, -1).every(({ saved }) => saved !== 'unsaved'));
  for (const writer of writers) writer.leave();
  const [p50, p99] = [0.5, 0.99].map((share) => rounded(percentile(arrivals, share)));
  return { people: PEOPLE, keystrokes: arrivals.length, arrivalP50Ms: p50!, arrivalP99Ms: p99! };

  async function opened(): Promise<Writer> {
    const person = newId();
    const { id: session } = subject.files.open(file.id, { person });
    const writer = new Writer(subject, session, person);
    writer.connect();
    await holds('it is open', () => writer.welcome !== undefined);
    return writer;
  }

  async function writes(writer: Writer, who: number): Promise<void> {
    for (let i = 0; i < KEYSTROKES; i++) {
      await new Promise((resolve) => setTimeout(resolve, PACE * (0.5 + Math.random())));
      const letter = `${who}.${i} `;
      sent.set(letter, performance.now());
      writer.write(writer.text.length, letter);
    }
  }
}
