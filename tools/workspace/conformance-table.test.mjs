import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conformanceTable, printTable } from './conformance-table.mjs';

/** @param {string} store @param {Record<string, string>} results by title */
const suite = (store, results) => ({
  name: `${store}.spec.ts`,
  status: 'passed',
  message: '',
  assertionResults: Object.entries(results).map(([title, status]) => ({
    ancestorTitles: [`conformance: ${store}`, 'writes'],
    title,
    fullName: title,
    status,
  })),
});

/** @param {ReturnType<typeof suite>[]} testResults */
const table = (...testResults) => conformanceTable({ testResults }, ['a', 'b']);

test('a store that passes or declares every line has passed', () => {
  const result = table(suite('a', { one: 'passed' }), suite('b', { 'one [capability absent: etag]': 'passed' }));
  assert.deepEqual(result.rows, [{ test: 'writes › one', cells: { a: 'pass', b: 'absent: etag' } }]);
  assert.deepEqual([result.outcome.passed, result.outcome.failed], [2, 0]);
  assert.equal(
    printTable(result),
    [
      '| test         | a    | b            |',
      '| ------------ | ---- | ------------ |',
      '| writes › one | pass | absent: etag |',
    ].join('\n'),
  );
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
