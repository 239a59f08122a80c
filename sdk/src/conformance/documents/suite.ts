import { type ContractHarness, declaredCase, defineSuite, type TestRunner } from '../suite.ts';
import { contentCases } from './content.ts';
import { absentFeatureCases, featureCases } from './features.ts';
import { portabilityCases } from './portability.ts';
import type { DocumentsSubject } from './subject.ts';
import { treeCases } from './tree.ts';

/** Hands the contract suite of documents to a test runner. */
export function documentsSuite(harness: ContractHarness<DocumentsSubject>, runner: TestRunner): void {
  const cases = [
    declaredCase(harness.features),
    ...treeCases,
    ...contentCases,
    ...featureCases,
    ...absentFeatureCases(harness.features),
    ...portabilityCases(() => harness.create()),
  ];
  defineSuite('documents', cases, harness, runner);
}
