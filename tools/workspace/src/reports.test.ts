import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastLine, readJestReport, readSuiteReport, slowestSuites, total } from './reports.ts';
import type { JestReport } from './reports.ts';

const ended = { code: 0, signal: null };

const suite = (...statuses: string[]) => ({
  name: 'a.spec.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  seconds: 1,
  assertionResults: statuses.map((status) => ({ ancestorTitles: [], title: 't', fullName: `t ${status}`, status })),
});

function counts(testResults: object[], end: object = ended, options: object = {}) {
  const report = { testResults, unfinished: [] } as JestReport;
  const { passed, failed } = readJestReport('unit', report, { ...ended, ...end }, options);
  return [passed, failed];
}

test('passed tests are counted', () => assert.deepEqual(counts([suite('passed', 'passed'), suite('passed')]), [3, 0]));

test('a test that did not run has failed, whatever the reason', () => {
  assert.deepEqual(counts([suite('passed', 'pending', 'skipped', 'todo', 'disabled')]), [1, 4]);
});

test('a suite that could not be loaded has failed', () => {
  assert.deepEqual(counts([suite('passed', 'failed'), { ...suite(), status: 'failed' }], { code: 1 }), [1, 2]);
});

test('a stage without a test has failed, unless it was narrowed by hand', () => {
  assert.deepEqual(counts([]), [0, 1]);
  assert.deepEqual(counts([], ended, { mayBeEmpty: true }), [0, 0]);
});

test('a runner that fails with every test green has failed', () => {
  assert.deepEqual(counts([suite('passed')], { code: 1 }), [1, 1]);
  assert.deepEqual(counts([suite('passed')], { code: null, signal: 'SIGKILL' }), [1, 1]);
});

test('a runner without a report has failed', () => {
  assert.equal(readJestReport('unit', undefined, { code: 0, signal: null }).failed, 1);
});

test('a run that was stopped has told what it knows, and failed', () => {
  const lines = [{ begun: 'a.spec.ts' }, { begun: 'b.spec.ts' }, { ended: suite('passed', 'passed') }];
  const report = readSuiteReport(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { passed, failed, problems } = readJestReport('unit', report, { code: null, signal: 'SIGTERM', late: true });
  assert.deepEqual([passed, failed], [2, 2]);
  assert.equal(problems[0], 'suite did not end: b.spec.ts');
});

test('suites that took longest, and those that took most of the processors, are named apart', () => {
  const lines = [
    { used: '/a.spec.ts', processorSeconds: 9 },
    { ended: { ...suite('passed'), name: '/a.spec.ts', seconds: 2 } },
    { ended: { ...suite('passed'), name: '/b.spec.ts', seconds: 3 } },
  ];
  const report = readSuiteReport(lines.map((line) => JSON.stringify(line)).join('\n'));
  assert.deepEqual(slowestSuites(report?.testResults ?? []).split('\n'), [
    ...['longest suites, 5 s in all:', '    3.0 s  /b.spec.ts', '    2.0 s  /a.spec.ts'],
    ...['most processor time, 9 s in all:', '    9.0 s  /a.spec.ts', '    0.0 s  /b.spec.ts'],
  ]);
});

test('the last line sums up', () => {
  const sum = total([
    { passed: 2, failed: 0, problems: [] },
    { passed: 1, failed: 3, problems: ['x'] },
  ]);
  assert.equal(lastLine(sum), '3 passed, 3 failed');
});
