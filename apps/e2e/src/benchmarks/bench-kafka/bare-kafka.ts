import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
// eslint-disable-next-line no-restricted-imports -- the bare driver is what Coffer is measured beside
import pg from 'pg';
import { DEFAULT_TOPOLOGY } from '@coffer/messaging';
import { NodeProcess, until } from '../../harness/index.js';
import { nextFence, type BareRow } from '../subjects/bare-database.js';
import {
  ANSWERS,
  bareKafka,
  bareProducer,
  joined,
  MUTATIONS,
  WORKERS,
  type BareKafkaSettings,
} from './bare-kafka-client.js';
import { GatheringSender } from './gathering-sender.js';

export interface BareLoop {
  /** Resolves when the row's answer was read. Rejects when none comes. */
  write(): Promise<void>;
  close(): Promise<void>;
}

/** In milliseconds; bounds a failure only. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A copy of Coffer's table, and the highest fence in it. */
const copyTable = async (database: string): Promise<{ rows: BareRow[]; highest: string }> => {
  const client = new pg.Client(database);
  await client.connect();
  try {
    await client.query('CREATE TABLE bare_secrets (LIKE coffer_secrets INCLUDING ALL)');
    await client.query('INSERT INTO bare_secrets SELECT * FROM coffer_secrets');
    const { rows } = await client.query<BareRow>('SELECT id, value FROM bare_secrets');
    const { rows: fences } = await client.query<{ fence: string }>(
      'SELECT max(fence)::text AS fence FROM bare_secrets',
    );
    return { rows, highest: String(fences[0]?.fence) };
  } finally {
    await client.end();
  }
};

/** Topics with Coffer's own numbers of partitions, and workers, each in a process of its own, that share them out. */
const startWorkers = async (settings: BareKafkaSettings, count: number): Promise<NodeProcess[]> => {
  const admin = bareKafka(settings).admin();
  await admin.connect();
  const { partitions, shards } = DEFAULT_TOPOLOGY;
  const topics = [
    { topic: MUTATIONS, numPartitions: partitions, replicationFactor: 1 },
    { topic: ANSWERS, numPartitions: shards, replicationFactor: 1 },
  ];
  await admin.createTopics({ waitForLeaders: true, topics });
  const input = JSON.stringify(settings);
  const workers = Array.from({ length: count }, () =>
    NodeProcess.start([join(__dirname, 'bare-kafka-worker.js')], { input }),
  );
  await Promise.all(workers.map((worker) => worker.ready(/^ready$/m)));
  await until('the bare workers have shared the partitions out', async () => {
    const [group] = (await admin.describeGroups([WORKERS])).groups;
    return group?.state === 'Stable' && group.members.length === count;
  });
  await admin.disconnect();
  return workers;
};

/**
 * The bare loop: an idempotent producer with `acks=all`, a group of workers, the conditional UPDATE, and the answer over
 * a second topic, which this process follows from its end.
 */
export const openBareLoop = async (settings: BareKafkaSettings, count: number): Promise<BareLoop> => {
  const { rows, highest } = await copyTable(settings.database);
  const workers = await startWorkers(settings, count);
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const fail = (error: unknown): void => {
    for (const { reject } of waiting.values()) reject(error instanceof Error ? error : new Error('sending failed'));
  };
  const kafka = bareKafka(settings);
  const producer = await bareProducer(kafka);
  const mutations = new GatheringSender(producer, MUTATIONS, fail);
  const tail = kafka.consumer({ groupId: 'bare-tail', allowAutoTopicCreation: false });
  await tail.connect();
  await tail.subscribe({ topics: [ANSWERS], fromBeginning: true });
  await joined(tail, () =>
    tail.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { value } of batch.messages) waiting.get(String(value))?.resolve();
        return Promise.resolve();
      },
    }),
  );
  const fence = nextFence(highest);
  let number = 0;
  return {
    write: async () => {
      const mark = String(fence());
      const row = rows[(number += 1) % rows.length] as BareRow;
      const answer = Promise.withResolvers<void>();
      const timer = setTimeout(() => answer.reject(new Error('the bare loop gave no answer')), ANSWER_TIMEOUT_MS);
      waiting.set(mark, answer);
      const value = randomFillSync(Buffer.alloc(row.value.length));
      mutations.send({ key: Buffer.from(row.id).toString('hex'), value, headers: { fence: mark } });
      await answer.promise;
      clearTimeout(timer);
      waiting.delete(mark);
    },
    close: async () => {
      await Promise.all([tail.disconnect(), producer.disconnect()]);
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
};
