import { SeededRandom } from '@coffer/coherence/simulation';
import { setTimeout as pause } from 'node:timers/promises';
import { printError } from '../../harness/outcome.js';
import type { Fault } from './faults.js';

import type { FaultTargets } from './fault-targets.js';
import type { Span } from './tally.js';

export interface ScheduleOptions {
  readonly seed: number;
  /** Duration of the load with faults. */
  readonly durationMs: number;
  /** Those that come one after another; several such rows side by side. */
  readonly rows: readonly (readonly Fault[])[];
  /** Every fault is injected once and no more. */
  readonly once: boolean;
  /** Called with every fault that is over. */
  readonly onFault: (fault: Span) => void;
}

/** Between the faults of a row. */
const PAUSE_MS = { from: 500, to: 4_000 };

/**
 * Injects faults, every kind before any comes again. Which, when and into what is the seed's; what meets what is the
 * machine's too. Answers how often each kind was injected once all are over.
 */
export const injectAll = async (
  targets: FaultTargets,
  options: ScheduleOptions,
): Promise<ReadonlyMap<string, number>> => {
  const injected = new Map<string, number>();
  const end = performance.now() + options.durationMs;
  const over = (): boolean => performance.now() >= end;
  const row = async (faults: readonly Fault[], number: number): Promise<void> => {
    const random = new SeededRandom(options.seed + number * 7_919);
    do {
      for (const fault of random.shuffled(faults)) {
        await pause(random.integer(PAUSE_MS.from, PAUSE_MS.to));
        if (over() && !options.once) return;
        injected.set(fault.name, (injected.get(fault.name) ?? 0) + 1);
        const from = performance.now();
        await fault.inject(targets, random);
        options.onFault({ from, to: performance.now() });
      }
    } while (!options.once);
  };
  await Promise.all(options.rows.filter((faults) => faults.length > 0).map(row));
  printError(`${[...injected.values()].reduce((sum, count) => sum + count, 0)} faults injected`);
  return injected;
};
