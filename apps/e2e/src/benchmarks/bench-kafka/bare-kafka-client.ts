import { Kafka, logLevel, Partitioners, type Consumer, type Producer } from 'kafkajs';
import { restWhileIdle } from '@coffer/messaging';

/** Settings that a process of the bare loop is passed. */
export interface BareKafkaSettings {
  readonly brokers: readonly string[];
  /** Connection string of the database with the table `bare_secrets`. */
  readonly database: string;
}

export const MUTATIONS = 'bare.mutations';
export const ANSWERS = 'bare.answers';
export const WORKERS = 'bare-workers';

export const bareKafka = ({ brokers }: Pick<BareKafkaSettings, 'brokers'>): Kafka => {
  restWhileIdle();
  return new Kafka({ clientId: 'bare', brokers: [...brokers], logLevel: logLevel.NOTHING });
};

/** Idempotent, connected. */
export const bareProducer = async (kafka: Kafka): Promise<Producer> => {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
};

/** Resolves when the group has given the consumer its partitions, and `run` has begun. */
export const joined = async (consumer: Consumer, run: () => Promise<void>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = consumer.on(consumer.events.GROUP_JOIN, () => resolve());
  await run();
  await promise;
  forget();
};
