import type { Consumer, ConsumerGroupJoinEvent, Kafka } from 'kafkajs';
import type { ShardGroup, ShardHandler } from '../contract/shard-group.js';
import { GROUP_TIMES, PATIENT } from './connection.js';

export interface KafkaShardGroupOptions {
  readonly kafka: Kafka;
  /** The coherence log: its partitions are what is shared out. */
  readonly topic: string;
  readonly group: string;
}

/** A member of the group of coordinators. It reads nothing through the group: the log is read by its own tail. */
export class KafkaShardGroup implements ShardGroup {
  readonly #consumer: Consumer;
  #closed = false;

  constructor(private readonly options: KafkaShardGroupOptions) {
    this.#consumer = options.kafka.consumer({
      groupId: options.group,
      ...GROUP_TIMES,
      allowAutoTopicCreation: false,
      retry: { ...PATIENT, restartOnFailure: () => Promise.resolve(!this.#closed) },
    });
  }

  async start(handler: ShardHandler): Promise<void> {
    const { topic } = this.options;
    this.#consumer.on(this.#consumer.events.GROUP_JOIN, ({ payload }) => this.#joined(payload, handler));
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [topic] });
    await this.#consumer.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#consumer.disconnect();
  }

  #joined({ memberAssignment }: ConsumerGroupJoinEvent['payload'], handler: ShardHandler): void {
    this.#consumer.pause([{ topic: this.options.topic }]);
    handler.assigned(new Set(memberAssignment[this.options.topic] ?? []));
  }
}
