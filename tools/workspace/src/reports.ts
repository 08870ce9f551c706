import type { End } from './jest.ts';

/**
 * What one run of a test runner came to. `failed` also counts what did not get as far as a test: a suite that could
 * not be loaded, a runner that died, a stage in which nothing ran. A test that was skipped has failed.
 */
export interface Outcome {
  passed: number;
  failed: number;
  problems: string[];
}

export const nothing: Outcome = { passed: 0, failed: 0, problems: [] };

export const failure = (problem: string): Outcome => ({ passed: 0, failed: 1, problems: [problem] });

export function total(outcomes: Outcome[]): Outcome {
  return outcomes.reduce(
    (sum, { passed, failed, problems }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      problems: [...sum.problems, ...problems],
    }),
    nothing,
  );
}

/** The last line of every runner here, read by .ci/run. */
export const lastLine = ({ passed, failed }: Outcome) => `${passed} passed, ${failed} failed`;

export interface Suite {
  /** Its path. */
  name: string;
  /** `failed` also when it could not be loaded. */
  status: string;
  seconds: number;
  /** Processor time of the suite and the processes that it started; 0 where it did not get that far. */
  processorSeconds?: number;
  assertionResults: { ancestorTitles: string[]; title: string; fullName: string; status: string }[];
}

export interface JestReport {
  testResults: Suite[];
  /** Paths of suites that began and did not end. */
  unfinished: string[];
}

/** What suite-reporter.ts and unit-environment.ts write of a suite. */
interface Line {
  begun?: string;
  ended?: Suite;
  used?: string;
  processorSeconds?: number;
}

/** `lines`: what suite-reporter.ts wrote. Absent when it wrote nothing. */
export function readSuiteReport(lines: string): JestReport | undefined {
  const all = lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
  if (all.length === 0) return undefined;
  const used = new Map(all.flatMap(({ used: name, processorSeconds }) => (name ? [[name, processorSeconds]] : [])));
  const testResults = all.flatMap(({ ended }) =>
    ended ? [{ ...ended, processorSeconds: used.get(ended.name) ?? 0 }] : [],
  );
  const over = new Set(testResults.map(({ name }) => name));
  return { testResults, unfinished: all.flatMap(({ begun }) => (begun && !over.has(begun) ? [begun] : [])) };
}

/** `report`: absent when the runner wrote none. `end`: how the runner ended. */
export function readJestReport(
  stage: string,
  report: JestReport | undefined,
  end: End,
  { mayBeEmpty = false }: { mayBeEmpty?: boolean } = {},
): Outcome {
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

const SLOWEST = 20;

/** For people: those that took longest, and those that took most of the processors; seconds. */
export function slowestSuites(suites: readonly Suite[]): string {
  const most = (title: string, of: (suite: Suite) => number): string[] => [
    `${title}, ${suites.reduce((sum, suite) => sum + of(suite), 0).toFixed(0)} s in all:`,
    ...suites
      .toSorted((a, b) => of(b) - of(a))
      .slice(0, SLOWEST)
      .map((suite) => `${of(suite).toFixed(1).padStart(7)} s  ${suite.name}`),
  ];
  return [
    ...most('longest suites', ({ seconds }) => seconds),
    ...most('most processor time', ({ processorSeconds = 0 }) => processorSeconds),
  ].join('\n');
}

function readSuite({ name, status, assertionResults }: Suite): Outcome {
  const tests = assertionResults.map(({ fullName, status: result }) => {
    if (result === 'passed') return { passed: 1, failed: 0, problems: [] };
    return failure(result === 'failed' ? `failed: ${fullName}` : `not run (${result}): ${fullName}`);
  });
  const sum = total(tests);
  if (status === 'failed' && sum.failed === 0) return total([sum, failure(`suite failed to run: ${name}`)]);
  return sum;
}
