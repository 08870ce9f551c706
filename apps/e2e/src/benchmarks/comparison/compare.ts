import { medianOf, type Round, type Sample } from './sample.js';

/** What two variants of one and the same round say together. */
export interface Comparison {
  readonly figure: string;
  readonly unit: string;
  readonly aim?: string;
  of(sample: (variant: string) => Sample): number;
}

/** A comparison over all rounds. */
export interface ComparedFigure {
  readonly figure: string;
  /** Median. */
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
  readonly min: number;
  readonly max: number;
}

/** Each comparison within each round, then the median of those. */
export const compare = (comparisons: readonly Comparison[], rounds: readonly Round[]): readonly ComparedFigure[] =>
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
