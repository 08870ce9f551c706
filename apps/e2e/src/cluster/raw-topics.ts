import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Admin, type KafkaMessage } from 'kafkajs';
import { GROUPS, restWhileIdle, TOPICS } from '@coffer/messaging';
import { until } from '../harness/index.js';

export interface RawRecord {
  readonly partition: number;
  readonly message: KafkaMessage;
}

export const TOPIC_NAMES: readonly string[] = Object.values(TOPICS);

const TOPICS_TIMEOUT_MS = 60_000;

/** The topics as anybody with a Kafka client sees them. */
export class RawTopics {
  private constructor(
    private readonly kafka: Kafka,
    private readonly admin: Admin,
  ) {}

  static async open(brokers: readonly string[]): Promise<RawTopics> {
    restWhileIdle();
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const admin = kafka.admin();
    await admin.connect();
    return new RawTopics(kafka, admin);
  }

  /** Everything that a topic holds now. */
  async dump(topic: string): Promise<RawRecord[]> {
    const ends = await this.admin.fetchTopicOffsets(topic);
    const open = new Map(
      ends.flatMap(({ partition, low, high }) => (BigInt(high) > BigInt(low) ? [[partition, BigInt(high)]] : [])),
    );
    const records: RawRecord[] = [];
    if (open.size === 0) return records;
    const consumer = this.kafka.consumer({ groupId: `raw-${randomUUID()}` });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const { partition, messages } = batch;
        records.push(...messages.map((message) => ({ partition, message })));
        if (BigInt(batch.lastOffset()) + 1n >= (open.get(partition) ?? 0n)) open.delete(partition);
      },
    });
    await until(`all of ${topic} is read`, () => open.size === 0, TOPICS_TIMEOUT_MS);
    await consumer.disconnect();
    return records;
  }

  /** Appends records as they are, each to its partition, in their order. */
  async append(topic: string, records: readonly RawRecord[]): Promise<void> {
    const producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    for (let from = 0; from < records.length; from += 200) {
      const messages = records.slice(from, from + 200).map(({ partition, message: { key, value, headers } }) => ({
        partition,
        key,
        value,
        headers: headers ?? {},
      }));
      await producer.send({ topic, acks: -1, messages });
    }
    await producer.disconnect();
  }

  /** Makes a topic of one partition. */
  async make(topic: string): Promise<void> {
    await this.admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  }

  /** Nothing is committed any more: workers begin at offset 0. Needs that none is there. */
  async forgetProgress(): Promise<void> {
    await this.admin.deleteGroups([GROUPS.workers]);
  }

  /** Deletes topics with everything in them, and the workers' progress; processes that start make them anew. */
  async remake(topics: readonly string[]): Promise<void> {
    await this.forgetProgress();
    await this.admin.deleteTopics({ topics: [...topics] });
    const gone = async () => !(await this.admin.listTopics()).some((there) => topics.includes(there));
    await until('the topics are gone', gone, TOPICS_TIMEOUT_MS);
  }

  /** Waits until the workers have committed the end of every partition. */
  async worked(): Promise<void> {
    const { mutations: topic } = TOPICS;
    await until(
      'the workers have finished every mutation',
      async () => {
        const ends = await this.admin.fetchTopicOffsets(topic);
        const [group] = await this.admin.fetchOffsets({ groupId: GROUPS.workers, topics: [topic] });
        const at = new Map(group?.partitions.map(({ partition, offset }) => [partition, offset]));
        return ends.every(({ partition, high }) => high === '0' || at.get(partition) === high);
      },
      TOPICS_TIMEOUT_MS,
    );
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }
}
