/** Durations of the protocol, in milliseconds. Every process of a deployment must agree on them. */
export interface Timing {
  /** T: how long a lease lasts. */
  readonly lease: number;
  /** ε: bounds the error of a clock over one lease. */
  readonly clockError: number;
  /** From before a PREPARE is sent to the latest moment at which the store may be asked under it. */
  readonly applyDeadline: number;
  /** Longest call to the store. */
  readonly callTimeout: number;
  /** How much of the log a process reads when it starts, and how long ended operations are remembered. */
  readonly window: number;
  /** A PREPARE that is not cleared within this time is sent again. */
  readonly clearedTimeout: number;
  /** First and longest pause between attempts of a mutation that fails for a passing reason. */
  readonly backoff: { readonly first: number; readonly longest: number };
}

/** Longest life of a cached value in Redis; the window must outlast it. */
const MAX_L2_TTL_MS = 300_000;
const WALL_CLOCK_SKEW_MS = 45_000;

const applyDeadline = 10_000;
const callTimeout = 5_000;

/** Window ≥ L2 TTL + apply deadline + call timeout + wall-clock skew. */
export const DEFAULT_TIMING: Timing = {
  lease: 2_000,
  clockError: 250,
  applyDeadline,
  callTimeout,
  window: MAX_L2_TTL_MS + applyDeadline + callTimeout + WALL_CLOCK_SKEW_MS,
  clearedTimeout: 3_000,
  backoff: { first: 100, longest: 10_000 },
};
