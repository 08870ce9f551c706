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
  /** Aims that depend on the machine and were missed, one sentence each: they fail a full run and no suite. */
  readonly missed?: readonly string[];
}

/** A figure that must have one value, and the problem when it has another. */
export const assertEqual = (figure: string, value: number, unit: string, aim: number): Outcome => ({
  figures: [{ figure, value, unit, aim: String(aim) }],
  problems: value === aim ? [] : [`${figure}: ${value} ${unit}, not ${aim}`],
});

/** A figure that is only shown. */
export const show = (figure: string, value: number | string, unit: string): Outcome => ({
  figures: [{ figure, value, unit }],
  problems: [],
});

const bounded =
  (sign: '≤' | '≥' | '<', holds: (value: number, bound: number) => boolean) =>
  (figure: string, value: number, unit: string, bound: number): Outcome => ({
    figures: [{ figure, value, unit, aim: `${sign} ${bound}` }],
    problems: [],
    missed: holds(value, bound) ? [] : [`${figure}: ${value} ${unit}, not ${sign} ${bound}`],
  });

/** Figures with an aim that depends on the machine. */
export const aimAtMost = bounded('≤', (value, bound) => value <= bound);
export const aimBelow = bounded('<', (value, bound) => value < bound);
export const aimAtLeast = bounded('≥', (value, bound) => value >= bound);

/** A problem and no figure, unless the condition holds. */
export const assert = (holds: boolean, problem: string): Outcome => ({ figures: [], problems: holds ? [] : [problem] });

/** Details of problems, of which the first few are enough. */
export const details = (problems: readonly string[], max = 8): Outcome => ({
  figures: [],
  problems: problems.slice(0, max),
});

export const combine = (...outcomes: readonly Outcome[]): Outcome => ({
  figures: outcomes.flatMap(({ figures }) => figures),
  problems: outcomes.flatMap(({ problems }) => problems),
  missed: outcomes.flatMap(({ missed = [] }) => missed),
});

export interface ForEachOptions<T> {
  /** Defaults to the subject itself. */
  readonly nameOf?: (subject: T) => string;
  /** Runs at the same time. Defaults to 1, which a measurement needs. */
  readonly concurrency?: number;
}

/**
 * The same run for each of several subjects, named in front of its figures and problems, in the order of the subjects. One that
 * rejects is a problem, and the others still have their turn.
 */
export const forEach = async <T extends string>(
  subjects: readonly T[],
  run: (subject: T) => Promise<Outcome>,
  { nameOf = (subject) => subject, concurrency = 1 }: ForEachOptions<T> = {},
): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  const left = subjects.entries();
  const worker = async (): Promise<void> => {
    for (const [place, subject] of left) {
      const named = (text: string): string => `${nameOf(subject)}: ${text}`;
      const {
        figures,
        problems,
        missed = [],
      } = await run(subject).catch((error: unknown) => ({
        ...combine(),
        problems: [String(error)],
      }));
      outcomes[place] = {
        figures: figures.map((row) => ({ ...row, figure: named(row.figure) })),
        problems: problems.map(named),
        missed: missed.map(named),
      };
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return combine(...outcomes);
};

/** The figures among what a run printed. */
export const figuresIn = (stdout: string): Figure[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{"figure"'))
    .map((line) => JSON.parse(line) as Figure);

/** Progress of a long run, for whoever watches it. */
export const printError = (text: string): void => void process.stderr.write(`${text}\n`);
