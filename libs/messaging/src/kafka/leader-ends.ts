import type { Kafka } from 'kafkajs';
import { CofferError } from '@coffer/secrets';
import type { LogOffset } from '@coffer/coherence';

/** The parts of kafkajs that are used here; it exports no types of them. */
interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
  readonly replicas: readonly number[];
}
interface Broker {
  metadata(topics: readonly string[]): Promise<{
    readonly topicMetadata: readonly { readonly partitionMetadata: readonly PartitionMetadata[] }[];
  }>;
  listOffsets(request: {
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  }>;
}
interface Cluster {
  readonly brokerPool: { readonly brokers: Readonly<Record<string, unknown>> };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  findBroker(options: { readonly nodeId: string }): Promise<Broker>;
}
type CreateCluster = (options: {
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}) => Cluster;

/** Which brokers there are changes seldom; who leads is asked of each of them every time. */
const METADATA_MAX_AGE_MS = 5_000;
/** Timestamp that stands in Kafka's protocol for the end of a partition, as far as consumers may read. */
const LATEST = -1;
const CREATE_CLUSTER = 'private:Kafka:createCluster';

const createClusterOf = (kafka: object | null): CreateCluster | undefined => {
  if (kafka === null) return undefined;
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  return symbol === undefined
    ? createClusterOf(Reflect.getPrototypeOf(kafka))
    : (Reflect.get(kafka, symbol) as CreateCluster);
};

const clusterOf = (kafka: Kafka): Cluster => {
  const create = createClusterOf(kafka);
  if (create === undefined) throw new Error('kafkajs has another client than expected: see leader-ends.ts');
  return create({ metadataMaxAge: METADATA_MAX_AGE_MS, allowAutoTopicCreation: false });
};

const unknown = (): CofferError =>
  new CofferError('unavailable', 'the brokers of Kafka do not agree on who leads the coherence log');

/** What brokers say of the leaders of a topic's partitions, as their answers come. */
class Votes {
  /** By partition: its replicas, and whom each of them names. */
  readonly #partitions = new Map<
    number,
    { readonly replicas: readonly number[]; readonly named: Map<number, number> }
  >();

  add(broker: number, partitions: readonly PartitionMetadata[]): void {
    for (const { partitionId, leader, replicas } of partitions) {
      const votes = this.#partitions.get(partitionId) ?? { replicas, named: new Map<number, number>() };
      this.#partitions.set(partitionId, votes);
      if (votes.replicas.includes(broker)) votes.named.set(broker, leader);
    }
  }

  /** The leader of each partition that most of its replicas name; `undefined` while one has none. */
  elected(): ReadonlyMap<number, number> | undefined {
    const leaders = new Map<number, number>();
    for (const [partition, { replicas, named }] of this.#partitions) {
      const leader = [...named.values()].find(
        (candidate) => 2 * [...named.values()].filter((other) => other === candidate).length > replicas.length,
      );
      if (leader === undefined || leader < 0) return undefined;
      leaders.set(partition, leader);
    }
    return leaders.size === 0 ? undefined : leaders;
  }
}

/**
 * Where a topic's partitions end, as told by leaders whom most of a partition's replicas take for its leader now. A broker
 * that is cut off from the others goes on to call itself the leader, and tells an end that lies before what its successor has
 * acknowledged. That successor acknowledges nothing before `min.insync.replicas` of the replicas (2 of 3) know of it, itself
 * among them; so as long as most replicas still name the old leader, it has acknowledged nothing.
 */
export class LeaderEnds {
  readonly #cluster: Cluster;

  constructor(
    kafka: Kafka,
    private readonly topic: string,
  ) {
    this.#cluster = clusterOf(kafka);
  }

  /** Returns the ends of all that was acknowledged before the call. Throws `unavailable` where the replicas do not agree, or do not answer. */
  async ask(): Promise<ReadonlyMap<number, LogOffset>> {
    const cluster = this.#cluster;
    await cluster.connect();
    await cluster.addTargetTopic(this.topic);
    await cluster.refreshMetadataIfNecessary();
    const leaders = await this.#elect();
    const ends = new Map<number, LogOffset>();
    await Promise.all(
      [...new Set(leaders.values())].map(async (leader) => {
        const led = [...leaders].filter(([, of]) => of === leader);
        const partitions = led.map(([partition]) => ({ partition, timestamp: LATEST }));
        const broker = await cluster.findBroker({ nodeId: String(leader) });
        const { responses } = await broker.listOffsets({ topics: [{ topic: this.topic, partitions }] });
        for (const { partition, offset } of responses.flatMap((response) => response.partitions)) {
          ends.set(partition, BigInt(offset));
        }
      }),
    );
    return ends;
  }

  close(): Promise<void> {
    return this.#cluster.disconnect();
  }

  /** Waits for no more brokers than it takes. */
  #elect(): Promise<ReadonlyMap<number, number>> {
    const votes = new Votes();
    const brokers = Object.keys(this.#cluster.brokerPool.brokers);
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<number, number>>();
    const asking = brokers.map(async (nodeId) => {
      const broker = await this.#cluster.findBroker({ nodeId });
      const { topicMetadata } = await broker.metadata([this.topic]);
      votes.add(
        Number(nodeId),
        topicMetadata.flatMap(({ partitionMetadata }) => partitionMetadata),
      );
      const elected = votes.elected();
      if (elected !== undefined) resolve(elected);
    });
    void Promise.allSettled(asking).then(() => reject(unknown()));
    return promise;
  }
}
