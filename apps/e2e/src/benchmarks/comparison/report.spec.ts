import type { ComparedFigure } from './compare.js';
import { figuresTable, report } from './report.js';

const shown = (value: number, aim?: string): readonly [line: unknown, cell: string | undefined] => {
  const figure: ComparedFigure = { figure: 'f', unit: 'times', value, min: value, max: value, ...(aim && { aim }) };
  const [line] = report('here', [figure], []).figures;
  return [line?.value, figuresTable([figure]).split(/ +/)[1]];
};

it.each([
  [0.7498, undefined, 0.75],
  [0.7498, '≥ 0.75', 0.749],
  [0.7502, '≥ 0.75', 0.75],
  [0.75, '≥ 0.75', 0.75],
  [0.99996, '≥ 1', 0.999],
  [7.999, '≥ 8', 7.99],
  [12_345, '≥ 10', 12_300],
  [10.001, '≤ 10', 10.1],
  [9.999, '≤ 10', 10],
  [9.991, '≤ 10', 10],
  [-208.4, '≤ 10', -208],
  [-0.99996, '≤ 0', -0.999],
  [0, '≤ 10', 0],
  [0.29, '≥ 0.29', 0.29],
])('%d with the aim "%s" is shown as %d', (value, aim, expected) => {
  expect(shown(value, aim)).toEqual([expected, String(expected)]);
});
