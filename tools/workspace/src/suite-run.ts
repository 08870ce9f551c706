import type { Started } from '@coffer/test-servers';

/**
 * What the parts of one run of Jest know in common. Jest loads each of them in a way of its own, so it is no state of a
 * module. Workers have their own, which is empty.
 */
interface SuiteRun {
  /** The paths in the repository of the suites that were chosen, in the order in which they begin. */
  suites: readonly string[];
  failed: boolean;
  /** Resolves when every server is there or missing. */
  servers?: Promise<Started>;
}

declare global {
  var cofferSuiteRun: SuiteRun | undefined;
}

export const suiteRun = (): SuiteRun => (globalThis.cofferSuiteRun ??= { suites: [], failed: false });
