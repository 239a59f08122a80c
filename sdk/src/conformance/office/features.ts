import { newId } from '@valfri/core';
import assert from 'node:assert/strict';
import { type ContractCase, rejection } from '../suite.ts';
import { aSample, opened, type OfficeHarness, type OfficeSubject } from './subject.ts';

const ACTIONS = ['comment', 'review'] as const;

/** What holds of features that are declared. */
export function featureCases(harness: OfficeHarness): readonly ContractCase<OfficeSubject>[] {
  return [
    ...ACTIONS.map((action) => ({
      name: 'is among the actions of some format',
      feature: action,
      async run(subject: OfficeSubject) {
        const { formats } = await subject.as(newId()).listFormats({});
        assert.ok(formats.some(({ actions }) => actions.includes(action)));
      },
    })),
    {
      name: 'makes a file of another kind beside the one that is open, once',
      feature: 'convert',
      async run(subject) {
        const { file, session, handle } = await opened(subject, aSample(subject, harness));
        const to = await aTarget(subject, harness);
        const wish = { session: session.id, to, id: newId(), name: `omgjord.${to}` };
        assert.deepEqual(await handle.convertFile(wish), { file: wish.id });
        assert.deepEqual(await handle.convertFile(wish), { file: wish.id });
        const made = subject.files.named(wish.name)!;
        assert.deepEqual([made.id, made.versions.length, file.versions.length], [wish.id, 1, 1]);
        assert.ok(made.versions[0]!.bytes.length > 0);
      },
    },
    {
      name: 'refuses kinds that it cannot make, and sessions that there are not',
      feature: 'convert',
      async run(subject) {
        const { session, handle } = await opened(subject, aSample(subject, harness));
        const wish = { session: session.id, to: 'nosuchkind', id: newId(), name: 'a.nosuchkind' };
        const error = await rejection(handle.convertFile(wish));
        assert.deepEqual([error.code, error.reason, error.field], ['INVALID', 'FORMAT', 'to']);
        const to = await aTarget(subject, harness);
        const foreign = { session: newId(), to, id: newId(), name: `b.${to}` };
        assert.equal((await rejection(handle.convertFile(foreign))).code, 'NOT_FOUND');
        assert.equal(subject.files.named(foreign.name), undefined);
      },
    },
  ];
}

async function aTarget(subject: OfficeSubject, { sample }: OfficeHarness): Promise<string> {
  const { formats } = await subject.as(newId()).listFormats({});
  const format = formats.find(({ extension }) => sample.name.endsWith(`.${extension}`));
  assert.ok(format?.convertsTo[0], 'the sample is to be made into something');
  return format.convertsTo[0];
}

/** That what is not declared is refused, and offered nowhere. */
export function absentFeatureCases(harness: OfficeHarness): readonly ContractCase<OfficeSubject>[] {
  const absent = (feature: string) => !harness.features.includes(feature);
  const actions = ACTIONS.filter(absent).map((action) => ({
    name: `not declared, so offered for no file and refused: ${action}`,
    async run(subject: OfficeSubject) {
      const { formats } = await subject.as(newId()).listFormats({});
      assert.ok(!formats.some((format) => format.actions.includes(action)));
      const error = await rejection(opened(subject, aSample(subject, harness), action));
      assert.deepEqual([error.code, error.reason], ['INVALID', 'FORMAT']);
    },
  }));
  const convert: ContractCase<OfficeSubject> = {
    name: 'not declared, so refused without a trace: convert',
    async run(subject) {
      const { session, handle } = await opened(subject, aSample(subject, harness));
      const { formats } = await handle.listFormats({});
      assert.deepEqual([...new Set(formats.flatMap(({ convertsTo }) => convertsTo))], []);
      const before = await subject.announced();
      const error = await rejection(
        handle.convertFile({ session: session.id, to: 'pdf', id: newId(), name: 'omgjord.pdf' }),
      );
      assert.deepEqual([error.code, error.reason], ['UNSUPPORTED', 'convert']);
      assert.deepEqual([subject.files.named('omgjord.pdf'), await subject.announced()], [undefined, before]);
    },
  };
  return absent('convert') ? [...actions, convert] : actions;
}
