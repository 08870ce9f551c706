import { GROUPS } from '@coffer/messaging';
import type { Kafka } from 'kafkajs';
import { Cluster } from '../../cluster/index.js';
import { until } from '../../harness/index.js';
import { openBareLoop, type BareLoop } from './bare-kafka.js';
import { bareKafka } from './bare-kafka-client.js';
import { CofferCalls, LANES } from '../subjects/coffer-calls.js';

/** A cluster and a bare loop on the same broker and the same database. */
export interface KafkaSubjects {
  readonly coffer: CofferCalls;
  readonly bare: BareLoop;
  readonly kafka: Kafka;
  /** Where the broker keeps its data. */
  readonly brokerFolder: string;
}

type Cleanup = () => void | Promise<void>;

/** Bounds a failure only. */
const SHARED_OUT_TIMEOUT_MS = 60_000;

const workersShared = async (kafka: Kafka, workers: number): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  const complete = async (): Promise<boolean> => {
    const [group] = (await admin.describeGroups([GROUPS.workers])).groups;
    return group?.state === 'Stable' && group.members.length === workers;
  };
  await until('the workers have shared the partitions out', complete, SHARED_OUT_TIMEOUT_MS);
  await admin.disconnect();
};

/** Starts a gateway, a coordinator, `workers` workers, and as many of the bare loop; lets them go after `use`. */
export const withKafkaSubjects = async <T>(
  workers: number,
  use: (subjects: KafkaSubjects) => Promise<T>,
): Promise<T> => {
  const cleanups: Cleanup[] = [];
  try {
    const cluster = await Cluster.open({ counts: { gateway: 1, 'secret-worker': workers, 'cache-invalidator': 1 } });
    cleanups.push(() => cluster.close());
    const brokers = [...cluster.brokers];
    const kafka = bareKafka({ brokers });
    await workersShared(kafka, workers);
    await cluster.writesGoThrough();
    const [gateway] = cluster.of('gateway');
    const coffer = await CofferCalls.open({ url: gateway?.address ?? '', token: cluster.token }, LANES);
    cleanups.push(() => coffer.close());
    const bare = await openBareLoop({ brokers, database: cluster.databaseUrl ?? '' }, workers);
    cleanups.push(() => bare.close());
    return await use({ coffer, bare, kafka, brokerFolder: cluster.broker.handle.folder ?? '' });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
};
