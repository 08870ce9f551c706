import type { Figure } from './comparisons.js';
import { medianOf, type Round } from './sample.js';

const digits = (number: number): string => Number(number.toPrecision(3)).toString();
const spread = (numbers: readonly number[]): string =>
  `${digits(medianOf(numbers))} (${digits(Math.min(...numbers))}–${digits(Math.max(...numbers))})`;

const align = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
};

/** What was measured, in its own units: for the eye, since these depend on the machine. */
export const samplesTable = (rounds: readonly Round[]): string => {
  const names = [...(rounds[0]?.keys() ?? [])];
  const rows = names.map((name) => {
    const samples = rounds.flatMap((round) => round.get(name) ?? []);
    return [name, spread(samples.map(({ p50 }) => p50)), spread(samples.map(({ perSecond }) => perSecond))];
  });
  return align([['', 'p50 ms', 'secrets/s'], ...rows]);
};

export const figuresTable = (figures: readonly Figure[]): string =>
  align(
    figures.map(({ figure, value, unit, min, max, aim }) => [
      figure,
      digits(value),
      `(${digits(min)}–${digits(max)})`,
      unit,
      aim === undefined ? '' : `aim ${aim}`,
    ]),
  );

/** One line for each figure, for `npm run figures`. */
export const figureLines = (figures: readonly Figure[], rounds: number): string =>
  figures
    .map(({ figure, value, unit, aim, min, max }) =>
      JSON.stringify({
        figure,
        value: Number(value.toPrecision(3)),
        unit: `${unit}, ${digits(min)} to ${digits(max)} in ${rounds} rounds`,
        ...(aim === undefined ? {} : { aim }),
      }),
    )
    .join('\n');
