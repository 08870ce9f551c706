import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suiteWorkers } from './suite-workers.ts';

test('two suites run at the same time, and three where there is memory for them', () => {
  const GIB = 2 ** 30;
  assert.deepEqual(
    [1, 7, 11, 12, 16, 256].map((gib) => suiteWorkers(gib * GIB)),
    [2, 2, 2, 3, 3, 3],
  );
});
