import assert from 'node:assert/strict';

/** One promise of a contract. */
export interface ContractCase<Subject> {
  readonly name: string;
  /** Runs only where the provider declares the feature, or each of several. */
  readonly feature?: string | readonly string[];
  run(subject: Subject): Promise<void>;
}

/** The part of a test runner that a suite needs; those of vitest and node:test fit. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/** How a suite gets at the provider under test. */
export interface ContractHarness<Subject> {
  /** What it is called in the report. */
  readonly name: string;
  readonly features: readonly string[];
  /** A fresh, empty provider for one case. */
  create(): Promise<Subject & AsyncDisposable>;
}

/** Hands the cases that apply to a test runner. */
export function defineSuite<Subject>(
  capability: string,
  cases: readonly ContractCase<Subject>[],
  harness: ContractHarness<Subject>,
  { describe, test }: TestRunner,
): void {
  describe(`${harness.name} keeps the contract of ${capability}`, () => {
    for (const { name, feature, run } of cases) {
      const needed = [feature ?? []].flat();
      if (!needed.every((each) => harness.features.includes(each))) continue;
      test(needed.length > 0 ? `${needed.join(', ')}: ${name}` : name, async () => {
        await using subject = await harness.create();
        await run(subject);
      });
    }
  });
}

/** That a provider has what it is tested for. */
export function declaredCase(
  features: readonly string[],
): ContractCase<{ readonly provider: { readonly features: object } }> {
  return {
    name: 'declares the features that it is tested for',
    run: async ({ provider }) => assert.deepEqual(Object.keys(provider.features).sort(), [...features].sort()),
  };
}

/** What a promise was rejected with. @throws where it was not. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<{ code: string; field?: string; reason?: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    return error as never;
  }
  throw new Error('it was to be refused, and was not');
}

/** Waits until something holds; asks again whenever the event loop has come round. @throws after ten seconds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ten seconds in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
