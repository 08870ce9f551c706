import { json } from 'node:stream/consumers';
import type { KafkaMessage } from 'kafkajs';
// eslint-disable-next-line no-restricted-imports -- the bare driver is what Coffer is measured beside
import pg from 'pg';
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

const CONNECTIONS = 10;
const COMMIT_INTERVAL_MS = 100;

const fail = (error: unknown): never => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
  process.exit(1);
};

/**
 * A process of its own, nothing but a member of the group: consume, update under the fence, answer. What came in one
 * batch is written at the same time, as many as there are connections.
 */
const work = async (): Promise<void> => {
  const settings = (await json(process.stdin)) as BareKafkaSettings;
  const kafka = bareKafka(settings);
  const pool = new pg.Pool({ connectionString: settings.database, max: CONNECTIONS });
  const answers = new GatheringSender(await bareProducer(kafka), ANSWERS, fail);
  const apply = async ({ key, value, headers }: KafkaMessage): Promise<void> => {
    const { rowCount } = await pool.query({
      name: 'update',
      text: 'UPDATE bare_secrets SET value = $1, fence = $2::bigint WHERE id = $3 AND fence < $2::bigint',
      values: [value, String(headers?.['fence']), Buffer.from(String(key), 'hex')],
    });
    if (rowCount !== 1) throw new Error('no row was changed');
    answers.send({ key, value: String(headers?.['fence']) });
  };
  const consumer = kafka.consumer({ groupId: WORKERS, allowAutoTopicCreation: false });
  await consumer.connect();
  await consumer.subscribe({ topics: [MUTATIONS], fromBeginning: true });
  await joined(consumer, () =>
    consumer.run({
      autoCommitInterval: COMMIT_INTERVAL_MS,
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => void (await Promise.all(batch.messages.map(apply)).catch(fail)),
    }),
  );
  process.stdout.write('ready\n');
  process.once('SIGTERM', () => process.exit(0));
};

work().catch(fail);
