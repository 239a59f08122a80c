import assert from 'node:assert/strict';
import { absentFeatureCases, featureCases } from './chat/features.ts';
import { messageCases } from './chat/messages.ts';
import { portabilityCases } from './chat/portability.ts';
import { roomCases } from './chat/rooms.ts';
import type { ChatSubject } from './chat/subject.ts';
import { type ContractCase, type ContractHarness, defineSuite, type TestRunner } from './suite.ts';

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

function declaredCase(features: readonly string[]): ContractCase<ChatSubject> {
  return {
    name: 'declares the features that it is tested for',
    run: async ({ provider }) => assert.deepEqual(Object.keys(provider.features).sort(), [...features].sort()),
  };
}

export { aGroup, aMessage, someone, texts, wholeHistory, type Actor, type ChatSubject } from './chat/subject.ts';
export { aLivelyRoom, everything } from './chat/portability.ts';
export { defineSuite, rejection, until, type ContractCase, type ContractHarness, type TestRunner } from './suite.ts';
