import type { Operation } from '../history/index.js';
import type { Rules } from '../rules.js';
import { DEFAULT_TIMING, type Timing } from '../timing.js';
import type { SeededRandom } from './seeded-random.js';
import type { Schedule } from './schedule.js';
import type { SharedLog } from './shared-log.js';
import type { SharedRedis } from './shared-redis.js';
import type { SharedStore } from './shared-store.js';

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

/** What all processes of a simulated Coffer share. */
export interface Context {
  readonly schedule: Schedule;
  readonly random: SeededRandom;
  readonly rules: Rules;
  readonly timing: Timing;
  readonly log: SharedLog;
  readonly redis: SharedRedis;
  readonly store: SharedStore;
  readonly record: (operation: Operation) => void;
}

/** In microseconds, as histories are. */
export const micros = (milliseconds: number): number => Math.round(milliseconds * 1_000);
