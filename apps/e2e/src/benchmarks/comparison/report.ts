import { printError, type Outcome } from '../../harness/outcome.js';
import type { ComparedFigure } from './compare.js';
import { medianOf, type Round } from './sample.js';

const DIGITS = 3;

/** To three digits, and never towards the aim: down where that is "≥", up where it is "≤". */
const rounded = (number: number, aim = ''): number => {
  const nearest = Number(number.toPrecision(DIGITS));
  const step = 10 ** (Math.floor(Math.log10(Math.abs(number))) - DIGITS + 1);
  const away = aim.startsWith('≥') && nearest > number ? -step : aim.startsWith('≤') && nearest < number ? step : 0;
  return Number((nearest + away).toPrecision(DIGITS));
};

const digits = (number: number, aim?: string): string => rounded(number, aim).toString();
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
const samplesTable = (rounds: readonly Round[]): string => {
  const names = [...(rounds[0]?.keys() ?? [])];
  const rows = names.map((name) => {
    const samples = rounds.flatMap((round) => round.get(name) ?? []);
    return [name, spread(samples.map(({ p50 }) => p50)), spread(samples.map(({ perSecond }) => perSecond))];
  });
  return align([['', 'p50 ms', 'secrets/s'], ...rows]);
};

export const figuresTable = (figures: readonly ComparedFigure[]): string =>
  align(
    figures.map(({ figure, value, unit, min, max, aim }) => [
      figure,
      digits(value, aim),
      `(${digits(min)}–${digits(max)})`,
      unit,
      aim === undefined ? '' : `aim ${aim}`,
    ]),
  );

/** The figures of all rounds, once people have seen what was measured. */
export const report = (subject: string, figures: readonly ComparedFigure[], rounds: readonly Round[]): Outcome => {
  printError(
    `${subject}: median and range of ${rounds.length} rounds\n\n${samplesTable(rounds)}\n\n${figuresTable(figures)}\n`,
  );
  return {
    problems: [],
    figures: figures.map(({ figure, value, unit, aim, min, max }) => ({
      figure,
      value: rounded(value, aim),
      unit: `${unit}, ${digits(min)} to ${digits(max)} in ${rounds.length} rounds`,
      ...(aim === undefined ? {} : { aim }),
    })),
  };
};
