import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { isErrorCode } from '@coffer/secrets';
import type { DeadLetter, DeadLetters } from '../contract/dead-letters.js';
import { BatchingSender } from './batching-sender.js';
import { PATIENT } from './connection.js';
import { decodeMutation, encodeMutation } from './mutation-codec.js';

const textOf = ({ headers }: KafkaMessage, name: string): string => headers?.[name]?.toString() ?? '';

const letterOf = (id: string, message: KafkaMessage): DeadLetter => {
  const code = textOf(message, 'dead-letter-code');
  return {
    id,
    delivery: {
      partition: Number(textOf(message, 'dead-letter-partition')),
      offset: BigInt(textOf(message, 'dead-letter-offset') || 0),
      timestamp: Number(textOf(message, 'dead-letter-queued')),
      record: decodeMutation(message, id),
    },
    code: isErrorCode(code) ? code : 'corrupt',
    time: Number(textOf(message, 'dead-letter-time')),
  };
};

/** Dead letters in a compacted topic of one partition: a letter's id is its message's key. */
export class KafkaDeadLetters implements DeadLetters {
  readonly #sender: BatchingSender;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {
    this.#sender = new BatchingSender(kafka, topic);
  }

  async bury({ id, delivery, code, time }: DeadLetter): Promise<void> {
    const { headers, ...mutation } = encodeMutation(delivery.record);
    await this.#sender.send(0, {
      ...mutation,
      key: id,
      headers: {
        ...headers,
        'dead-letter-code': code,
        'dead-letter-time': String(time),
        'dead-letter-partition': String(delivery.partition),
        'dead-letter-offset': String(delivery.offset),
        'dead-letter-queued': String(delivery.timestamp),
      },
    });
  }

  /** Reads the whole topic; for people and their tools, not for every request. */
  async list(): Promise<readonly DeadLetter[]> {
    const letters = new Map<string, DeadLetter>();
    await this.#readAll((message) => {
      const id = message.key?.toString() ?? '';
      if (message.value === null) letters.delete(id);
      else if (!letters.has(id)) letters.set(id, letterOf(id, message));
    });
    return [...letters.values()];
  }

  close(): Promise<void> {
    return this.#sender.close();
  }

  async #readAll(take: (message: KafkaMessage) => void): Promise<void> {
    const end = await this.#end();
    if (end === 0n) return;
    const consumer = this.kafka.consumer({
      groupId: `coffer-dead-letters-${randomUUID()}`,
      allowAutoTopicCreation: false,
      retry: PATIENT,
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          batch.messages.forEach(take);
          if (BigInt(batch.lastOffset()) + 1n >= end) resolve();
        },
      });
      await promise;
    } finally {
      await consumer.disconnect();
    }
  }

  async #end(): Promise<bigint> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const [partition] = await admin.fetchTopicOffsets(this.topic);
      return partition === undefined || partition.high === partition.low ? 0n : BigInt(partition.high);
    } finally {
      await admin.disconnect();
    }
  }
}
