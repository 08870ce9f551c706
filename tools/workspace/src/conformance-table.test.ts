import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformanceTable, printTable } from './conformance-table.ts';

/** `results`: by title. */
const suite = (store: string, results: Record<string, string>) => ({
  name: `${store}.spec.ts`,
  status: 'passed',
  seconds: 1,
  assertionResults: Object.entries(results).map(([title, status]) => ({
    ancestorTitles: [`conformance: ${store}`, 'writes'],
    title,
    fullName: title,
    status,
  })),
});

const table = (...testResults: ReturnType<typeof suite>[]) =>
  conformanceTable({ testResults, unfinished: [] }, ['a', 'b']);

test('a store that passes or declares every line has passed', () => {
  const result = table(suite('a', { one: 'passed' }), suite('b', { 'one [capability absent: etag]': 'passed' }));
  assert.deepEqual(result.rows, [{ test: 'writes › one', cells: { a: 'pass', b: 'absent: etag' } }]);
  assert.deepEqual([result.outcome.passed, result.outcome.failed], [2, 0]);
  const lines = [
    '| test         | a    | b          |',
    '| ------------ | ---- | ---------- |',
    '| writes › one | pass | absent (1) |',
    '',
    '(1) etag',
  ];
  assert.equal(printTable(result), lines.join('\n'));
});

test('a line that only one store ran is missing in the other, and skipped is not passed', () => {
  const result = table(suite('a', { one: 'passed', two: 'pending' }), suite('b', { one: 'passed' }));
  assert.deepEqual(result.rows[1]?.cells, { a: 'FAIL', b: 'MISSING' });
  assert.deepEqual(result.outcome.problems, ['a: FAIL: writes › two', 'b: MISSING: writes › two']);
});

test('a failing declaration is a failure', () => {
  const result = table(suite('a', { 'one [capability absent: x]': 'failed' }), suite('b', { one: 'passed' }));
  assert.deepEqual(result.outcome.problems, ['a: FAIL: writes › one']);
});

test('a store whose suite did not run is one failure', () => {
  const result = table(suite('a', { one: 'passed', two: 'passed' }));
  assert.deepEqual([result.outcome.passed, result.outcome.failed], [2, 1]);
  assert.deepEqual(conformanceTable(undefined, ['a']).outcome.failed, 1);
});

test('an absence answers for every line that begins with it', () => {
  const result = table(
    suite('a', { delete: 'passed', 'delete twice': 'passed', 'fault x: reads': 'passed', 'fault x: writes': 'passed' }),
    suite('b', { delete: 'passed', 'delete twice': 'passed', 'fault x [capability absent: net]': 'passed' }),
  );
  assert.deepEqual(
    result.rows.map(({ test: title, cells }) => [title, cells['b']]),
    [
      ['writes › delete', 'pass'],
      ['writes › delete twice', 'pass'],
      ['writes › fault x: reads', 'absent: net'],
      ['writes › fault x: writes', 'absent: net'],
    ],
  );
  assert.equal(result.outcome.failed, 0);
});

test('a store behind a decorator is a column of its own', () => {
  const result = table(
    suite('a', { one: 'passed' }),
    suite('b', { one: 'passed' }),
    suite('a decorated', { two: 'passed' }),
  );
  assert.deepEqual(result.stores, ['a', 'a decorated', 'b']);
  assert.deepEqual(result.outcome.failed, 3);
});

test('of two tests with one title the failing one counts', () => {
  const twice = suite('a', { one: 'passed' });
  twice.assertionResults.push(...suite('a', { one: 'failed' }).assertionResults);
  assert.deepEqual(table(twice, suite('b', { one: 'passed' })).outcome.problems, ['a: FAIL: writes › one']);
});

test('a store that was not chosen, whose tests were loaded and left out, has no part in the table', () => {
  const chosen = suite('a', { 'fault x: reads': 'passed', 'fault x: writes': 'passed' });
  const other = suite('b', { 'fault x [capability absent: none]': 'passed' });
  const notChosen = suite('c', { 'fault x [capability absent: none]': 'pending' });
  assert.deepEqual(table(chosen, other, notChosen).outcome.problems, []);
});
