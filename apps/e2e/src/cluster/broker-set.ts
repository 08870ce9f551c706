import { Kafka, logLevel, type Admin } from 'kafkajs';
import { freePort, until } from '../harness/index.js';
import { printError } from '../harness/outcome.js';
import { activeController } from './active-controller.js';
import { FaultLog } from './fault-log.js';
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import { startBrokers, type BrokerEntries, type Brokers, type KillableServer } from './killable-server.js';
import { TOPIC_NAMES } from './raw-topics.js';

export const BROKER_IDS = [1, 2, 3] as const;

/** Until brokers are in step again after a fault; bounds a failure only. */
const IN_STEP_TIMEOUT_MS = 180_000;
/** Where the client id lies in a request: behind length, API, its version, and the correlation id. */
const CLIENT_ID_AT = 12;

/** The id of the broker that sends these first bytes of a connection: its client id names it (`broker-2-fetcher-0`). */
const brokerOf = (first: Buffer): string | undefined => {
  if (first.length < CLIENT_ID_AT + 2) return undefined;
  const name = first.subarray(CLIENT_ID_AT + 2, CLIENT_ID_AT + 2 + Math.max(0, first.readInt16BE(CLIENT_ID_AT)));
  return /\d+/.exec(name.toString('latin1'))?.[0];
};

interface BrokerProxies {
  readonly internal: FaultyProxy;
  readonly controller: FaultyProxy;
}

const both = ({ internal, controller }: BrokerProxies): FaultyProxy[] => [internal, controller];

/** Three brokers, between any two of which the network may be cut, for a cluster whose broker is `server`. */
export class BrokerSet {
  readonly faults = new FaultLog();

  private constructor(
    private readonly brokers: Brokers,
    private readonly proxies: readonly BrokerProxies[],
    private readonly admin: Admin,
  ) {}

  static async open(): Promise<BrokerSet> {
    const proxies: BrokerProxies[] = [];
    const entries: BrokerEntries[] = [];
    for (const _ of BROKER_IDS) {
      const [internal, controller] = [await freePort(), await freePort()];
      const proxied = {
        internal: await FaultyProxy.to(internal, { sourceOf: brokerOf }),
        controller: await FaultyProxy.to(controller, { sourceOf: brokerOf }),
      };
      proxies.push(proxied);
      entries.push({
        internal: { listens: internal, advertised: proxied.internal.port },
        controller: { listens: controller, advertised: proxied.controller.port },
      });
    }
    const brokers = await startBrokers(entries).catch(async (error: unknown) => {
      await Promise.all(proxies.flatMap(both).map((proxy) => proxy.close()));
      throw error;
    });
    const kafka = new Kafka({ brokers: addressesOf(brokers), logLevel: logLevel.NOTHING, retry: { retries: 20 } });
    const admin = kafka.admin();
    await admin.connect();
    return new BrokerSet(brokers, proxies, admin);
  }

  /** All of them, for a cluster that stops them when it is closed. */
  get server(): KillableServer {
    return { ...this.#member(1), env: this.brokers.env, stop: () => this.close() };
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
    this.proxies.forEach((proxied, index) => {
      const refuses = (source: string) => (index + 1 === id ? source !== itself : source === itself);
      both(proxied).forEach((proxy) => proxy.refuse(refuses));
    });
    this.faults.add('cut off', `broker ${id}`, this.#member(id).handle.pid);
    try {
      await meanwhile();
    } finally {
      this.proxies.flatMap(both).forEach((proxy) => proxy.refuse(() => false));
      this.faults.add('reached again', `broker ${id}`, this.#member(id).handle.pid);
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
    this.faults.add('leaders moved', 'brokers', 0);
    await assign((leader) => [...others(leader), leader]);
  }

  /** The broker that is the active controller. */
  async controller(): Promise<number> {
    for (const address of addressesOf(this.brokers)) {
      const id = await activeController(address).catch(() => -1);
      if (id > 0) return id;
    }
    throw new Error('no broker knows the active controller');
  }

  /** Resolves when every copy of every partition is in step. */
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
    await this.admin.disconnect().catch((error: unknown) => printError(String(error)));
    await this.brokers.stop();
    await Promise.all(this.proxies.flatMap(both).map((proxy) => proxy.close()));
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
    this.faults.add(signal, `broker ${id}`, pid);
  }

  async #revive(ids: readonly number[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        await this.#member(id).revive();
        this.faults.add('started', `broker ${id}`, this.#member(id).handle.pid);
      }),
    );
  }
}

const addressesOf = ({ env }: Brokers): string[] => (env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(',');

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
