/** From and to when something lasted, in milliseconds of the run's one clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How much longer a write took than any one fault lasted while it was under way, in milliseconds. */
export const beyondFaults = (write: Span, faults: readonly Span[]): number => {
  const overlap = ({ from, to }: Span): number => Math.min(to, write.to) - Math.max(from, write.from);
  return write.to - write.from - Math.max(0, ...faults.map(overlap));
};

/** What happened, besides what the history says. */
export interface Tally {
  acknowledged: number;
  unknown: number;
  /** Sent more than once before they were acknowledged. */
  repeated: number;
  deletes: number;
  drops: number;
  refreshes: number;
  /** Answered by a namespace above the one asked. */
  inherited: number;
  /** Found nothing, at a time when that could have been either of two versions. */
  ambiguous: number;
  /** Reads without an answer, as of a process that was killed. */
  unanswered: number;
  /** Reads that were answered with an error, by status. */
  readonly refusedReads: Map<number, number>;
  /** From the first attempt to the acknowledgement, in milliseconds. */
  longestWrite: number;
  /** From the first attempt to the acknowledgement, of every write. */
  readonly writes: Span[];
  readonly faults: Span[];
  /** In what way an answer was none that could be. */
  readonly wrong: string[];
}

export const newTally = (): Tally => ({
  acknowledged: 0,
  unknown: 0,
  repeated: 0,
  deletes: 0,
  drops: 0,
  refreshes: 0,
  inherited: 0,
  ambiguous: 0,
  unanswered: 0,
  refusedReads: new Map(),
  longestWrite: 0,
  writes: [],
  faults: [],
  wrong: [],
});
