/**
 * What one run of a test runner came to. `failed` also counts what did not get as far as a test: a suite that could
 * not be loaded, a runner that died, a stage in which nothing ran. A test that was skipped has failed.
 * @typedef {{passed: number, failed: number, problems: string[]}} Outcome
 */

/** @type {Outcome} */
export const nothing = { passed: 0, failed: 0, problems: [] };

/** @param {string} problem @returns {Outcome} */
export const failure = (problem) => ({ passed: 0, failed: 1, problems: [problem] });

/** @param {Outcome[]} outcomes @returns {Outcome} */
export function total(outcomes) {
  return outcomes.reduce(
    (sum, { passed, failed, problems }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      problems: [...sum.problems, ...problems],
    }),
    nothing,
  );
}

/** The last line of every runner here, read by .ci/run. @param {Outcome} outcome */
export const lastLine = ({ passed, failed }) => `${passed} passed, ${failed} failed`;

/**
 * @typedef {object} JestReport what we read of `jest --json`
 * @property {{name: string, status: string, message: string, assertionResults:
 *   {ancestorTitles: string[], title: string, fullName: string, status: string}[]}[]} testResults
 *
 * @param {string} stage
 * @param {JestReport | undefined} report absent when the runner wrote none
 * @param {{code: number | null, signal: string | null}} end how the runner ended
 * @param {{mayBeEmpty?: boolean}} [options]
 * @returns {Outcome}
 */
export function readJestReport(stage, report, end, { mayBeEmpty = false } = {}) {
  const outcomes = (report?.testResults ?? []).map(readSuite);
  if (end.signal) outcomes.push(failure(`${stage}: the runner was killed by ${end.signal}`));
  else if (!report) outcomes.push(failure(`${stage}: the runner ended with code ${end.code} and wrote no report`));
  const sum = total(outcomes);
  if (report && sum.passed + sum.failed === 0 && !mayBeEmpty) return failure(`${stage}: no test ran`);
  if (end.code !== 0 && sum.failed === 0) {
    return total([sum, failure(`${stage}: every test passed, yet the runner ended with code ${end.code}`)]);
  }
  return sum;
}

/** @param {JestReport['testResults'][number]} suite @returns {Outcome} */
function readSuite({ name, status, assertionResults }) {
  const tests = assertionResults.map(({ fullName, status: result }) => {
    if (result === 'passed') return { passed: 1, failed: 0, problems: [] };
    return failure(result === 'failed' ? `failed: ${fullName}` : `not run (${result}): ${fullName}`);
  });
  const sum = total(tests);
  if (status === 'failed' && sum.failed === 0) return total([sum, failure(`suite failed to run: ${name}`)]);
  return sum;
}
