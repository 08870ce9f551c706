import { BATCH } from '../subjects/coffer-calls.js';
import { medianOf, type Round, type Sample } from '../comparison/sample.js';
import { LANES } from './subjects.js';

/** What two variants of one and the same round say together. */
export interface Comparison {
  readonly figure: string;
  readonly unit: string;
  readonly aim?: string;
  of(sample: (variant: string) => Sample): number;
}

/** A comparison over all rounds. */
export interface Figure {
  readonly figure: string;
  /** Median. */
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
  readonly min: number;
  readonly max: number;
}

const p50Ratio = (figure: string, over: string, under: string): Comparison => ({
  figure: `${figure}: p50`,
  unit: 'times',
  of: (sample) => sample(over).p50 / sample(under).p50,
});

const rateRatio = (figure: string, over: string, under: string): Comparison => ({
  figure: `${figure}: secrets per second`,
  unit: 'times',
  of: (sample) => sample(over).perSecond / sample(under).perSecond,
});

const database = (name: string, roundTrip: string): Comparison[] => [
  {
    figure: `${name}: resolve p50 above ${roundTrip}`,
    unit: 'ms',
    aim: '≤ 1',
    of: (sample) => sample(`${name} resolve`).p50 - sample(`${name} SELECT`).p50,
  },
  p50Ratio(`${name}: resolve beside bare HTTP`, `${name} resolve`, 'bare HTTP'),
  rateRatio(
    `${name}: resolve ×${LANES} beside bare HTTP ×${LANES}`,
    `${name} resolve ×${LANES}`,
    `bare HTTP ×${LANES}`,
  ),
  rateRatio(`${name}: batch resolves of ${BATCH} beside single ones`, `${name} resolve of ${BATCH}`, `${name} resolve`),
  p50Ratio(`${name}: write beside the bare conditional UPDATE`, `${name} write`, `${name} UPDATE`),
  rateRatio(
    `${name}: write ×${LANES} beside the bare conditional UPDATE ×${LANES}`,
    `${name} write ×${LANES}`,
    `${name} UPDATE ×${LANES}`,
  ),
];

/** Of `variantsOf`. */
export const COMPARISONS: readonly Comparison[] = [
  ...database('embedded', 'the SELECT in the process'),
  ...database('PostgreSQL', 'the round trip of a prepared SELECT'),
];

/** Each comparison within each round, then the median of those. */
export const compare = (comparisons: readonly Comparison[], rounds: readonly Round[]): readonly Figure[] =>
  comparisons.map(({ of, ...rest }) => {
    const values = rounds.map((round) =>
      of((variant) => {
        const found = round.get(variant);
        if (found === undefined) throw new Error(`nothing was measured of '${variant}'`);
        return found;
      }),
    );
    return { ...rest, value: medianOf(values), min: Math.min(...values), max: Math.max(...values) };
  });
