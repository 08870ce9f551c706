import { processorTimeOf } from '../subjects/processor-time.js';
import type { Cluster } from '../../cluster/index.js';

/** Writes under way at a time. */
const LANES = 16;

/** Processor time of one write over Kafka, in microseconds. */
export interface WriteCost {
  /** All processes of Coffer but the second gateway. */
  readonly writing: number;
  /** The second gateway, which only reads what the others say in the log. */
  readonly reading: number;
}

/** Needs a cluster of two gateways; all writes go through the first one. */
export const measureWrites = async (cluster: Cluster, writes: number): Promise<WriteCost> => {
  const { a } = cluster.pair();
  const [, second] = cluster.of('gateway');
  const pids = cluster.processes.map(({ pid }) => pid);
  const times = (): Map<number, number> => new Map(pids.map((pid) => [pid, processorTimeOf(pid)]));
  const before = times();
  const numbers = Array.from({ length: writes }, (_, number) => number).values();
  const lane = async (): Promise<void> => {
    for (const number of numbers) {
      const { status, text } = await a.put('mac.bench', { key: `KEY_${number % 64}`, value: `value ${number}` });
      if (status !== 200) throw new Error(`a write was answered ${status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const after = times();
  const spent = (which: readonly number[]): number =>
    which.reduce((sum, pid) => sum + ((after.get(pid) ?? 0) - (before.get(pid) ?? 0)) * 1_000, 0) / writes;
  return {
    writing: spent(pids.filter((pid) => pid !== second?.pid)),
    reading: spent(pids.filter((pid) => pid === second?.pid)),
  };
};
