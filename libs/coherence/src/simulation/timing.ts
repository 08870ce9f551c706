import { DEFAULT_TIMING, type Timing } from '../timing.js';

/** The time to live of a cached entry: `expireAfterWrite`. */
export const ENTRY_TTL_MS = 4_000;
/** Bounds the skew of a wall clock. */
export const MAX_SKEW_MS = 200;

/** T and ε as shipped; the longer times are shortened, so that a run outlasts several windows. */
export const SIMULATED_TIMING: Timing = {
  ...DEFAULT_TIMING,
  applyDeadlineMs: 3_000,
  callTimeoutMs: 1_500,
  windowMs: ENTRY_TTL_MS + 3_000 + 1_500 + MAX_SKEW_MS + 300,
  clearedTimeoutMs: 1_000,
  backoff: { firstMs: 50, maxMs: 1_000 },
};
