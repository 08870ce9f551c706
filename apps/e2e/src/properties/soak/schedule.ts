import { setTimeout as pause } from 'node:timers/promises';
import { say } from '../../measure/index.js';
import type { Fault } from './faults.js';
import { Random } from '../../workload/random.js';
import type { Stage } from './stage.js';
import type { Span } from './tally.js';

export interface ScheduleOptions {
  readonly seed: number;
  /** Of load with faults, in milliseconds. */
  readonly duration: number;
  /** Those that come one after another; several such rows side by side. */
  readonly rows: readonly (readonly Fault[])[];
  /** Every fault strikes once and no more. */
  readonly once: boolean;
  /** Told of every fault that is over. */
  readonly lasted: (fault: Span) => void;
}

/** Between the faults of a row, in milliseconds. */
const REST = { from: 500, to: 4_000 };

/**
 * Lets faults strike, every kind before any strikes again. Which, when and whom is the seed's; what meets whom is the
 * machine's too. Answers how often each kind struck once all are over.
 */
export const strikeAll = async (stage: Stage, options: ScheduleOptions): Promise<ReadonlyMap<string, number>> => {
  const struck = new Map<string, number>();
  const end = performance.now() + options.duration;
  const over = (): boolean => performance.now() >= end;
  const row = async (faults: readonly Fault[], number: number): Promise<void> => {
    const random = new Random(options.seed + number * 7_919);
    do {
      for (const fault of random.shuffled(faults)) {
        await pause(random.between(REST.from, REST.to));
        if (over() && !options.once) return;
        struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1);
        const from = performance.now();
        await fault.strike(stage, random);
        options.lasted({ from, to: performance.now() });
      }
    } while (!options.once);
  };
  await Promise.all(options.rows.filter((faults) => faults.length > 0).map(row));
  say(`${[...struck.values()].reduce((sum, count) => sum + count, 0)} faults struck`);
  return struck;
};
