import { declaredCase, defineSuite, type TestRunner } from '../suite.ts';
import { absentFeatureCases, featureCases } from './features.ts';
import { openingCases, savingCases } from './sessions.ts';
import type { OfficeHarness, OfficeSubject } from './subject.ts';

/** Hands the contract suite of office to a test runner. */
export function officeSuite<Subject extends OfficeSubject>(harness: OfficeHarness<Subject>, runner: TestRunner): void {
  defineSuite('office', officeCases(harness as unknown as OfficeHarness), harness, runner);
}

/** All promises of the contract. */
export function officeCases(harness: OfficeHarness) {
  return [
    declaredCase(harness.features),
    ...openingCases(harness),
    ...savingCases(harness),
    ...featureCases(harness),
    ...absentFeatureCases(harness),
  ];
}
