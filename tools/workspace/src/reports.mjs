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
 * @typedef {object} Suite
 * @property {string} name its path
 * @property {string} status `failed` also when it could not be loaded
 * @property {number} seconds
 * @property {{ancestorTitles: string[], title: string, fullName: string, status: string}[]} assertionResults
 *
 * @typedef {object} JestReport
 * @property {Suite[]} testResults
 * @property {string[]} unfinished paths of suites that began and did not end
 */

/** @param {string} lines what suite-reporter.mjs wrote @returns {JestReport | undefined} absent when it wrote nothing */
export function readSuiteReport(lines) {
  const all = lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  if (all.length === 0) return undefined;
  const testResults = all.flatMap(({ ended }) => (ended ? [ended] : []));
  const over = new Set(testResults.map(({ name }) => name));
  return { testResults, unfinished: all.flatMap(({ begun }) => (begun && !over.has(begun) ? [begun] : [])) };
}

/**
 * @param {string} stage
 * @param {JestReport | undefined} report absent when the runner wrote none
 * @param {import('./jest.mjs').End} end how the runner ended
 * @param {{mayBeEmpty?: boolean}} [options]
 * @returns {Outcome}
 */
export function readJestReport(stage, report, end, { mayBeEmpty = false } = {}) {
  const outcomes = (report?.testResults ?? []).map(readSuite);
  outcomes.push(...(report?.unfinished ?? []).map((path) => failure(`suite did not end: ${path}`)));
  if (end.late) outcomes.push(failure(`${stage}: its time was over; suites that had not begun did not run`));
  else if (end.signal) outcomes.push(failure(`${stage}: the runner was killed by ${end.signal}`));
  else if (!report) outcomes.push(failure(`${stage}: the runner ended with code ${end.code} and wrote no report`));
  const sum = total(outcomes);
  if (report && sum.passed + sum.failed === 0 && !mayBeEmpty) return failure(`${stage}: no test ran`);
  if (end.code !== 0 && sum.failed === 0) {
    return total([sum, failure(`${stage}: every test passed, yet the runner ended with code ${end.code}`)]);
  }
  return sum;
}

/** @param {Suite[]} suites @returns {string[]} for people: those that took longest, and their seconds */
export function slowestSuites(suites) {
  return [...suites]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 12)
    .map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`);
}

/** @param {Suite} suite @returns {Outcome} */
function readSuite({ name, status, assertionResults }) {
  const tests = assertionResults.map(({ fullName, status: result }) => {
    if (result === 'passed') return { passed: 1, failed: 0, problems: [] };
    return failure(result === 'failed' ? `failed: ${fullName}` : `not run (${result}): ${fullName}`);
  });
  const sum = total(tests);
  if (status === 'failed' && sum.failed === 0) return total([sum, failure(`suite failed to run: ${name}`)]);
  return sum;
}
