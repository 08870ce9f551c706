import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPage } from './figures-page.mjs';
import { readFigures } from './measure.mjs';

test('figures are found among other output, and a malformed one is refused', () => {
  const output = 'noise\n{"figure":"p50","value":1.5,"unit":"ms","aim":"≤ 2"}\n{"other":1}\n';
  assert.deepEqual(readFigures(output), [{ figure: 'p50', value: 1.5, unit: 'ms', aim: '≤ 2' }]);
  assert.throws(() => readFigures('{"figure":"p50","unit":"ms"}'), /not a figure/);
});

test('a section names commit, date, machine and command', async () => {
  const page = await renderPage([
    {
      ...{ name: 'bench', title: 'Speed', shows: 'How fast.', command: 'node bench.js', commit: 'abc', seconds: 1.2 },
      date: '2026-01-02T03:04:05.000Z',
      machine: { cpu: 'CPU', cores: 2, memory: '4 GiB', kernel: 'Linux 6', node: '24.0.0' },
      figures: [{ figure: 'a|b', value: 0.123456, unit: 'ms' }],
    },
  ]);
  for (const part of [
    '`abc`',
    '2026-01-02T03:04:05.000Z',
    'CPU, 2 cores, 4 GiB, Linux 6, Node 24.0.0',
    '`node bench.js`',
  ]) {
    assert.ok(page.includes(part), part);
  }
  assert.match(page, /\| a\\\|b +\| +0\.1235 \| ms +\|/);
});
