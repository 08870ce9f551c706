import { Kafka, type Consumer, type KafkaConfig, type Producer } from 'kafkajs';
import { BrokerConnections, type BrokerAnswers } from './broker-connections.js';

/**
 * How long the leader of a partition waits for the copies of the others, in milliseconds, before it says that they did
 * not come: a leader that is cut off from them is left soon.
 */
export const PRODUCE_TIMEOUT_MS = 1_500;
/** After this long clients ask again which broker leads which partition, in milliseconds. */
const METADATA_MAX_AGE_MS = 1_000;

/** kafkajs, whose clients leave a broker that is silent, or cut off from the others, while others answer. */
export class ResponsiveKafka extends Kafka {
  readonly #connections: BrokerConnections;

  constructor(config: KafkaConfig, answers: BrokerAnswers) {
    const connections = new BrokerConnections(answers);
    super({ ...config, socketFactory: connections.factory });
    this.#connections = connections;
  }

  override producer(config: Parameters<Kafka['producer']>[0] = {}): Producer {
    const producer = super.producer({ metadataMaxAge: METADATA_MAX_AGE_MS, ...config });
    producer.on(producer.events.REQUEST, ({ payload: { broker, apiName, duration } }) => {
      if (apiName === 'Produce' && duration >= PRODUCE_TIMEOUT_MS) this.#connections.leave(broker);
    });
    return producer;
  }

  override consumer(config: NonNullable<Parameters<Kafka['consumer']>[0]>): Consumer {
    return super.consumer({ metadataMaxAge: METADATA_MAX_AGE_MS, ...config });
  }
}
