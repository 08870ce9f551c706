import { processorTimeOf } from '../cache-bench/processor-time.js';
import type { TestCluster } from '../cluster/index.js';

/** Writes under way at a time. */
const LANES = 16;

const processorTime = (cluster: TestCluster): number =>
  cluster.processes.reduce((sum, { pid }) => sum + processorTimeOf(pid), 0);

/** Processor time of all processes of Coffer for one write over Kafka, in microseconds. */
export const measureWrites = async (cluster: TestCluster, writes: number): Promise<number> => {
  const [gateway] = cluster.gateways;
  if (gateway === undefined) throw new Error('there is no gateway');
  const before = processorTime(cluster);
  const numbers = Array.from({ length: writes }, (_, number) => number).values();
  const lane = async (): Promise<void> => {
    for (const number of numbers) {
      const { status, text } = await gateway.put('mac.bench', { key: `KEY_${number % 64}`, value: `value ${number}` });
      if (status !== 200) throw new Error(`a write was answered ${status} ${text}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return ((processorTime(cluster) - before) * 1_000) / writes;
};
