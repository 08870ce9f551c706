import { appendFileSync } from 'node:fs';
import type { TestResult } from '@jest/test-result';
import { suiteRun } from './suite-run.ts';

/**
 * Writes down each suite as it begins and ends, so that a run that is stopped leaves what it knows. One line of
 * JSON each, in the file that COFFER_TEST_REPORT names: {begun: path} | {ended: Suite}.
 */
export default class SuiteReporter {
  #write(line: object) {
    const file = process.env.COFFER_TEST_REPORT;
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
  }

  onTestFileStart({ path }: { path: string }) {
    this.#write({ begun: path });
  }

  onTestFileResult({ path }: { path: string }, { testExecError, testResults, perfStats }: TestResult) {
    const tests = testResults.map(({ ancestorTitles, title, fullName, status }) => ({
      ...{ ancestorTitles, title, fullName, status },
    }));
    const failed = testExecError !== undefined || tests.some(({ status }) => status === 'failed');
    const seconds = (perfStats.end - perfStats.start) / 1_000;
    suiteRun().failed ||= failed;
    const suite = { name: path, status: failed ? 'failed' : 'passed', seconds, assertionResults: tests };
    this.#write({ ended: suite });
  }
}
