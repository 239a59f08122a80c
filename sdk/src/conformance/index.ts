import { absentFeatureCases, featureCases } from './chat/features.ts';
import { messageCases } from './chat/messages.ts';
import { portabilityCases } from './chat/portability.ts';
import { roomCases } from './chat/rooms.ts';
import type { ChatSubject } from './chat/subject.ts';
import { type ContractHarness, declaredCase, defineSuite, type TestRunner } from './suite.ts';

/** Hands the contract suite of chat to a test runner. */
export function chatSuite(harness: ContractHarness<ChatSubject>, runner: TestRunner): void {
  const cases = [
    declaredCase(harness.features),
    ...roomCases,
    ...messageCases,
    ...featureCases,
    ...absentFeatureCases(harness.features),
    ...portabilityCases(() => harness.create()),
  ];
  defineSuite('chat', cases, harness, runner);
}

export { aGroup, aMessage, someone, texts, wholeHistory, type Actor, type ChatSubject } from './chat/subject.ts';
export { aLivelyRoom } from './chat/portability.ts';
export { everything } from './portable.ts';
export { documentsSuite } from './documents/suite.ts';
export { contentOf, textOf, type DocumentsSubject } from './documents/subject.ts';
export { officeSuite } from './office/suite.ts';
export type { OfficeHarness, OfficeSubject } from './office/subject.ts';
export { defineSuite, rejection, until, type ContractCase, type ContractHarness, type TestRunner } from './suite.ts';
