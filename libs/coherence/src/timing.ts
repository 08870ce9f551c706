/** Durations of the protocol. Every process of a deployment must agree on them. */
export interface Timing {
  /** T: how long a lease lasts. */
  readonly leaseMs: number;
  /** ε: bounds the error of a clock over one lease. */
  readonly clockErrorMs: number;
  /** From before a PREPARE is sent to the latest moment at which the store may be asked under it. */
  readonly applyDeadlineMs: number;
  /** Longest call to the store. */
  readonly callTimeoutMs: number;
  /** How much of the log a process reads when it starts, and how long ended operations are remembered. */
  readonly windowMs: number;
  /** A PREPARE that is not cleared within this time is sent again. */
  readonly clearedTimeoutMs: number;
  /** First and longest pause between attempts of a mutation that fails for a passing reason. */
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
}

/** Longest life of a cached value in Redis; the window must outlast it. */
const MAX_L2_TTL_MS = 300_000;
const WALL_CLOCK_SKEW_MS = 45_000;

const applyDeadlineMs = 10_000;
const callTimeoutMs = 5_000;

/** Window ≥ L2 TTL + apply deadline + call timeout + wall-clock skew. */
export const DEFAULT_TIMING: Timing = {
  leaseMs: 2_000,
  clockErrorMs: 250,
  applyDeadlineMs,
  callTimeoutMs,
  windowMs: MAX_L2_TTL_MS + applyDeadlineMs + callTimeoutMs + WALL_CLOCK_SKEW_MS,
  clearedTimeoutMs: 3_000,
  backoff: { firstMs: 100, maxMs: 10_000 },
};
