/** One line of docs/operations/figures.md. */
export interface Figure {
  readonly figure: string;
  readonly value: number | string;
  readonly unit: string;
  readonly aim?: string;
}

/** What a run of a property showed. */
export interface Outcome {
  readonly figures: readonly Figure[];
  /** In what way the property did not hold, one sentence each; empty when it held. */
  readonly problems: readonly string[];
}

/** A figure that must have one value, and the problem when it has another. */
export const demand = (figure: string, value: number, unit: string, aim: number): Outcome => ({
  figures: [{ figure, value, unit, aim: String(aim) }],
  problems: value === aim ? [] : [`${figure}: ${value} ${unit}, not ${aim}`],
});

/** A figure that is only shown. */
export const show = (figure: string, value: number | string, unit: string): Outcome => ({
  figures: [{ figure, value, unit }],
  problems: [],
});

export const join = (...outcomes: readonly Outcome[]): Outcome => ({
  figures: outcomes.flatMap(({ figures }) => figures),
  problems: outcomes.flatMap(({ problems }) => problems),
});
