import { appendFileSync } from 'node:fs';

/**
 * Writes down each suite as it begins and ends, so that a run that is stopped has still told what it knows. One line of
 * JSON each, in the file that COFFER_TEST_REPORT names: {begun: path} | {ended: Suite}.
 */
export default class SuiteReporter {
  /** @param {object} line */
  #write(line) {
    const file = process.env.COFFER_TEST_REPORT;
    if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
  }

  /** @param {{path: string}} suite */
  onTestFileStart({ path }) {
    this.#write({ begun: path });
  }

  /** @param {{path: string}} suite @param {import('@jest/test-result').TestResult} result */
  onTestFileResult({ path }, { testExecError, testResults, perfStats }) {
    const tests = testResults.map(({ ancestorTitles, title, fullName, status }) => ({
      ...{ ancestorTitles, title, fullName, status },
    }));
    const failed = testExecError !== undefined || tests.some(({ status }) => status === 'failed');
    const seconds = (perfStats.end - perfStats.start) / 1_000;
    const suite = { name: path, status: failed ? 'failed' : 'passed', seconds, assertionResults: tests };
    this.#write({ ended: suite });
  }
}
