import type { ConsumerGroupJoinEvent, Kafka } from 'kafkajs';
import type { ShardGroup, ShardHandler } from '../contract/shard-group.js';
import { ReconnectingConsumer } from './reconnecting-consumer.js';

export interface KafkaShardGroupOptions {
  readonly kafka: Kafka;
  /** The coherence log: its partitions are what is shared out. */
  readonly topic: string;
  readonly group: string;
}

/** A member of the group of coordinators. It reads nothing through the group: the log is read by its own tail. */
export class KafkaShardGroup implements ShardGroup {
  readonly #consumer: ReconnectingConsumer;

  constructor(private readonly options: KafkaShardGroupOptions) {
    this.#consumer = new ReconnectingConsumer(options.kafka, { groupId: options.group });
  }

  async start(handler: ShardHandler): Promise<void> {
    const { topic } = this.options;
    const { client } = this.#consumer;
    client.on(client.events.GROUP_JOIN, ({ payload }) => this.#joined(payload, handler));
    await this.#consumer.run(topic, false, { autoCommit: false, eachBatch: () => Promise.resolve() });
  }

  close(): Promise<void> {
    return this.#consumer.close();
  }

  #joined({ memberAssignment }: ConsumerGroupJoinEvent['payload'], handler: ShardHandler): void {
    this.#consumer.client.pause([{ topic: this.options.topic }]);
    handler.assigned(new Set(memberAssignment[this.options.topic] ?? []));
  }
}
