import type { Rules, Timing } from '@coffer/coherence';
import type { Operation } from '@coffer/coherence/history';
import type { SeededRandom, SharedStore } from '@coffer/coherence/simulation';
import type { Schedule } from './schedule.js';
import type { SharedLog } from './shared-log.js';
import type { SharedRedis } from './shared-redis.js';

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
