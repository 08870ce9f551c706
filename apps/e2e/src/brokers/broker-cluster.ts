import { Kafka, logLevel, type Admin } from 'kafkajs';
import {
  startBrokers,
  startRedis,
  TestCluster,
  TOPIC_NAMES,
  type BrokerEntries,
  type OwnBrokers,
  type OwnServer,
} from '../cluster/index.js';
import { freePort, until } from '../harness/index.js';
import { say } from '../measure/index.js';
import { Link } from '../cluster/link.js';
import { activeController } from './active-controller.js';

export const BROKER_IDS = [1, 2, 3] as const;

/** Until brokers that were hurt are in step again, in milliseconds; bounds a failure only. */
const IN_STEP_TIMEOUT_MS = 180_000;
/** Where the client id lies in a request: behind length, API, its version, and the correlation id. */
const CLIENT_ID_AT = 12;

/** The id of the broker that sends these first bytes of a connection: its client id names it (`broker-2-fetcher-0`). */
export const brokerOf = (first: Buffer): string | undefined => {
  if (first.length < CLIENT_ID_AT + 2) return undefined;
  const name = first.subarray(CLIENT_ID_AT + 2, CLIENT_ID_AT + 2 + Math.max(0, first.readInt16BE(CLIENT_ID_AT)));
  return /\d+/.exec(name.toString('latin1'))?.[0];
};

interface BrokerLinks {
  readonly internal: Link;
  readonly controller: Link;
}

/** A distributed Coffer with caches on three brokers, between any two of which the network may be cut. */
export class BrokerCluster {
  private constructor(
    readonly cluster: TestCluster,
    readonly brokers: OwnBrokers,
    private readonly links: readonly BrokerLinks[],
    private readonly admin: Admin,
  ) {}

  /** Resolves when a write goes through each gateway. */
  static async open(): Promise<BrokerCluster> {
    const links: BrokerLinks[] = [];
    const entries: BrokerEntries[] = [];
    for (const _ of BROKER_IDS) {
      const [internal, controller] = [await freePort(), await freePort()];
      const link = { internal: await Link.to(internal, brokerOf), controller: await Link.to(controller, brokerOf) };
      links.push(link);
      entries.push({
        internal: { listens: internal, advertised: link.internal.port },
        controller: { listens: controller, advertised: link.controller.port },
      });
    }
    const closeLinks = () => Promise.all(links.flatMap((link) => [link.internal.close(), link.controller.close()]));
    const redis = await startRedis(() => undefined);
    const brokers = await startBrokers(entries).catch(async (error: unknown) => {
      await Promise.all([redis.stop(), closeLinks()]);
      throw error;
    });
    const [first] = brokers.members;
    if (first === undefined) throw new Error('no broker was started');
    const stop = async (): Promise<void> => {
      await Promise.all([brokers.stop(), redis.stop()]);
      await closeLinks();
    };
    const broker: OwnServer = { ...first, env: brokers.env, stop };
    const cluster = await TestCluster.open({
      store: 'jdbc-postgresql',
      redis: String(redis.env['COFFER_TEST_REDIS_URL']),
      broker,
      replicas: BROKER_IDS.length,
    });
    const kafka = new Kafka({ brokers: [...cluster.brokers], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const admin = kafka.admin();
    await admin.connect();
    return new BrokerCluster(cluster, brokers, links, admin);
  }

  /** kill -9, and its return on its data once `meanwhile` has resolved. */
  async kill(ids: readonly number[], meanwhile: () => Promise<void>): Promise<void> {
    ids.forEach((id) => this.#signal(id, 'SIGKILL'));
    await meanwhile();
    await this.#revive(ids);
  }

  /** SIGTERM: it hands its partitions over first. */
  async restart(id: number): Promise<void> {
    const { pid } = this.#member(id).handle;
    this.#signal(id, 'SIGTERM');
    await until(`broker ${id} ends`, () => !alive(pid), IN_STEP_TIMEOUT_MS);
    await this.#revive([id]);
  }

  async freeze(id: number, meanwhile: () => Promise<void>): Promise<void> {
    this.#signal(id, 'SIGSTOP');
    try {
      await meanwhile();
    } finally {
      this.#signal(id, 'SIGCONT');
    }
  }

  /** The others no longer hear of it, nor it of them; clients reach all of them. */
  async isolate(id: number, meanwhile: () => Promise<void>): Promise<void> {
    const itself = String(id);
    this.links.forEach(({ internal, controller }, index) => {
      const refuses = (source: string) => (index + 1 === id ? source !== itself : source === itself);
      internal.refuse(refuses);
      controller.refuse(refuses);
    });
    this.cluster.faults.add('cut off', `broker ${id}`, this.#member(id).handle.pid);
    try {
      await meanwhile();
    } finally {
      for (const { internal, controller } of this.links)
        [internal, controller].forEach((link) => link.refuse(() => false));
      this.cluster.faults.add('reached again', `broker ${id}`, this.#member(id).handle.pid);
    }
  }

  /** Takes its leader's copy of every partition away, so that another one leads, and gives it back. */
  async moveLeaders(): Promise<void> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [...TOPIC_NAMES] });
    const assign = (replicasOf: (leader: number) => number[]) =>
      this.admin.alterPartitionReassignments({
        topics: topics.map(({ name, partitions }) => ({
          topic: name,
          partitionAssignment: partitions.map(({ partitionId, leader }) => ({
            partition: partitionId,
            replicas: replicasOf(leader),
          })),
        })),
      });
    const others = (leader: number) => BROKER_IDS.filter((id) => id !== leader);
    await assign(others);
    const moved = async () => {
      const now = await this.#partitions(TOPIC_NAMES);
      return now.every(({ replicas }) => replicas.length === BROKER_IDS.length - 1);
    };
    await until('the leaders have moved', moved, IN_STEP_TIMEOUT_MS);
    this.cluster.faults.add('leaders moved', 'brokers', 0);
    await assign((leader) => [...others(leader), leader]);
  }

  /** The broker that is the active controller. */
  async controller(): Promise<number> {
    for (const address of this.cluster.brokers) {
      const id = await activeController(address).catch(() => -1);
      if (id > 0) return id;
    }
    throw new Error('no broker knows the active controller');
  }

  /** Every copy of every partition is in step, and writes go through. */
  async inStep(): Promise<void> {
    const whole = async () => {
      const partitions = await this.#partitions().catch(() => []);
      return (
        partitions.length > 0 && partitions.every(({ isr, leader }) => isr.length === BROKER_IDS.length && leader > 0)
      );
    };
    await until('all brokers are in step', whole, IN_STEP_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    await this.admin.disconnect().catch((error: unknown) => say(String(error)));
    await this.cluster.close();
  }

  async #partitions(names: readonly string[] = [...TOPIC_NAMES, '__consumer_offsets']) {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [...names] });
    return topics.flatMap(({ partitions }) => partitions);
  }

  #member(id: number) {
    const member = this.brokers.members[id - 1];
    if (member === undefined) throw new Error(`there is no broker ${id}`);
    return member;
  }

  #signal(id: number, signal: NodeJS.Signals): void {
    const { pid } = this.#member(id).handle;
    process.kill(pid, signal);
    this.cluster.faults.add(signal, `broker ${id}`, pid);
  }

  async #revive(ids: readonly number[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        await this.#member(id).revive();
        this.cluster.faults.add('started', `broker ${id}`, this.#member(id).handle.pid);
      }),
    );
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
