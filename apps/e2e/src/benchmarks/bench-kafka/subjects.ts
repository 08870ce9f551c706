import type { Kafka } from 'kafkajs';
import { clusterTool, startBroker } from '../../cluster/tools.js';
import { ownDatabase } from '../../cluster/index.js';
import { api, until } from '../../harness/index.js';
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

/** In milliseconds; bounds a failure only. */
const PATIENCE = 60_000;

/** Until the group of workers is complete and every partition is written. */
const settled = async (kafka: Kafka, gateway: { url: string; token: string }, workers: number): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  const complete = async (): Promise<boolean> => {
    const [group] = (await admin.describeGroups(['coffer-secret-worker'])).groups;
    return group?.state === 'Stable' && group.members.length === workers;
  };
  await until('the workers have shared the partitions out', complete, PATIENCE);
  await admin.disconnect();
  const client = api(gateway.url, gateway.token);
  const written = async (): Promise<boolean> => {
    const writes = Array.from({ length: 50 }, (_, key) => client.put('warm.up', { key: `K${key}`, value: '-' }));
    return (await Promise.all(writes)).every(({ status }) => status === 200);
  };
  await until('every partition is written', written, PATIENCE);
};

/** Starts a gateway, a coordinator, `workers` workers, and as many of the bare loop; lets them go after `use`. */
export const withKafkaSubjects = async <T>(
  workers: number,
  use: (subjects: KafkaSubjects) => Promise<T>,
): Promise<T> => {
  const cleanups: Cleanup[] = [];
  try {
    const { startCluster } = await clusterTool();
    const broker = await startBroker(() => undefined);
    cleanups.push(() => broker.stop());
    const database = await ownDatabase('jdbc-postgresql');
    cleanups.push(() => database.drop());
    const cluster = await startCluster({
      store: 'jdbc-postgresql',
      counts: { gateway: 1, 'secret-worker': workers, 'cache-invalidator': 1 },
      servers: { ...broker.env, ...database.env },
      log: () => undefined,
    });
    cleanups.push(() => cluster.stop());
    const brokers = cluster.kafka.split(',');
    const kafka = bareKafka({ brokers });
    const gateway = {
      url: String(cluster.processes().find(({ role }) => role === 'gateway')?.address),
      token: cluster.token,
    };
    await settled(kafka, gateway, workers);
    const coffer = await CofferCalls.open(gateway, LANES);
    cleanups.push(() => coffer.close());
    const bare = await openBareLoop({ brokers, database: String(database.env['COFFER_TEST_POSTGRESQL_URL']) }, workers);
    cleanups.push(() => bare.close());
    return await use({ coffer, bare, kafka, brokerFolder: broker.handle.folder ?? '' });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
};
