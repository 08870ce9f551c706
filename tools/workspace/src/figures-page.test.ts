import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './checkout.ts';
import { printSections, readSections } from './figures-data.ts';
import { isMet, MAX_PAGE_LINES, renderPage } from './figures-page.ts';
import { readFigures } from './measure.ts';
import { measurements } from './measurements.ts';
import type { Figure } from './measure.ts';

const machine = { cpu: 'CPU', cores: 2, memory: '4 GiB', kernel: 'Linux 6', node: '24.0.0' };

const page = (figures: Figure[]) =>
  renderPage([{ name: 'bench', title: 'Speed' }], {
    bench: { commit: 'abc', date: '2026-01-02T03:04:05.000Z', machine, seconds: 1.2, figures },
  });

/** Returns the cells of the table's rows, without its head. */
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

test('figures are found among other output, and a malformed one is refused', () => {
  const output = 'noise\n{"figure":"p50","value":1.5,"unit":"ms","aim":"≤ 2"}\n{"other":1}\n';
  assert.deepEqual(readFigures(output), [{ figure: 'p50', value: 1.5, unit: 'ms', aim: '≤ 2' }]);
  assert.throws(() => readFigures('{"figure":"p50","unit":"ms"}'), /not a figure/);
});

test('a bound has a row with value, unit, aim, commit and machine', async () => {
  const text = await page([{ figure: 'a|b', value: 0.123456, unit: 'ms, 0.1 to 0.2 in 3 rounds', aim: '≤ 1' }]);
  assert.deepEqual(rows(text), [['bench', 'a\\|b', '0.1235 ms', '≤ 1', 'abc A']]);
  assert.ok(text.includes('- A: CPU, 2 cores, 4 GiB, Linux 6, Node 24.0.0'));
});

test('exact aims are counted, those missed are named, figures without an aim stay in the data', async () => {
  const text = await page([
    { figure: 'lost', value: 0, unit: 'keys', aim: '0' },
    { figure: 'stale', value: 2, unit: 'reads', aim: '0' },
    { figure: 'reads', value: 9, unit: 'reads' },
  ]);
  assert.deepEqual(
    rows(text).map((row) => row.slice(1, 4)),
    [
      ['Speed', '1 of 2', 'exact aims met'],
      ['stale', '2 reads', '0, **missed**'],
    ],
  );
});

test('one bound on many subjects is one row, unless one of them misses it', async () => {
  const figures = [1, 2, 3].map((value) => ({ figure: `store ${value}: read`, value, unit: 'ms', aim: '≤ 3' }));
  assert.deepEqual(
    rows(await page(figures)).map((row) => row.slice(1, 4)),
    [['read (3 of these)', '1 to 3 ms', '≤ 3']],
  );
  const missed = [...figures, { figure: 'store 4: read', value: 4, unit: 'ms', aim: '≤ 3' }];
  assert.deepEqual(
    rows(await page(missed))
      .at(-1)
      ?.slice(1, 4),
    ['store 4: read', '4 ms', '≤ 3, **missed**'],
  );
});

test('aims are compared as they are written', () => {
  const cases: [number | string, string | undefined, boolean][] = [
    ...[[1, '≤ 1', true] as [number, string, boolean], [1.1, '≤ 1', false] as [number, string, boolean]],
    ...[[1, '< 1', false] as [number, string, boolean], [2, '<= 2000', true] as [number, string, boolean]],
    ...[[0.7, '≥ 0.75', false] as [number, string, boolean], [0, '0', true] as [number, string, boolean]],
  ];
  for (const [value, aim, met] of cases)
    assert.equal(isMet({ value, ...(aim === undefined ? {} : { aim }) }), met, aim);
  assert.equal(isMet({ value: '6.90', aim: '≤ 10' }), true);
  assert.equal(isMet({ value: 7 }), true);
});

test('a page that grew beyond its limit is refused', async () => {
  const figures = Array.from({ length: MAX_PAGE_LINES }, (_, index) => ({
    ...{ figure: `figure ${index}`, value: 1, unit: 'ms', aim: '≤ 1' },
  }));
  await assert.rejects(page(figures), /at most 100/);
});

test('the page in the tree is the one that the data in the tree gives, and its data is in the form that is written', async () => {
  const sections = readSections();
  const names = new Set(measurements.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(sections).filter((name) => !names.has(name)),
    [],
  );
  assert.equal(
    readFileSync(join(root, 'docs/operations/figures.md'), 'utf8'),
    await renderPage(measurements, sections),
  );
  assert.equal(readFileSync(join(root, 'docs/operations/figures.json'), 'utf8'), printSections(sections));
});
