import { Redis } from 'ioredis';
import { startBroker, startRedis, TestCluster, type OwnServer, type Role, type Started } from '../../cluster/index.js';
import { freePort, until } from '../../harness/index.js';
import { say } from '../../measure/index.js';
import { GatewayClient } from '../../harness/gateway-client.js';
import { Link } from '../../cluster/link.js';

export const ROLES = ['gateway', 'secret-worker', 'cache-invalidator'] as const satisfies readonly Role[];
const COUNTS: Readonly<Record<Role, number>> = { gateway: 3, 'secret-worker': 2, 'cache-invalidator': 2 };

/** For a process to be there again, in milliseconds; bounds a failure only. */
const PATIENCE = 120_000;
/** Before a process that ended while it started is started again, in milliseconds. */
const AGAIN = 1_000;

/** The place of one process of the cluster: whoever takes it has the same links. */
export interface Place {
  readonly name: string;
  readonly role: Role;
  readonly kafka: Link;
  readonly redis: Link;
  /** Absent while it is dead. */
  started?: Started;
  client?: GatewayClient;
}

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port);

const throughPort = (url: string | undefined, port: number): string => {
  const through = new URL(url ?? '');
  through.port = String(port);
  return through.href;
};

/**
 * Three gateways, two workers and two coordinators with caches, Kafka, Redis and PostgreSQL: real processes, each with
 * a link of its own to Kafka and to Redis.
 */
export class Stage {
  private constructor(
    readonly cluster: TestCluster,
    readonly redis: OwnServer,
    private readonly admin: Redis,
    readonly places: readonly Place[],
  ) {}

  /** Resolves when a write goes through every gateway. */
  static async open(): Promise<Stage> {
    const redis = await startRedis(() => undefined);
    const links: Link[] = [];
    const linkTo = async (port: number): Promise<Link> => {
      const link = await Link.to(port);
      links.push(link);
      return link;
    };
    try {
      const redisPort = portOf(redis.env['COFFER_TEST_REDIS_URL']);
      const places: Place[] = [];
      const entrances = [];
      for (const role of ROLES) {
        for (let number = 0; number < COUNTS[role]; number += 1) {
          const port = await freePort();
          const kafka = await linkTo(port);
          entrances.push({ port, advertised: kafka.port });
          places.push({ name: `${role}-${number}`, role, kafka, redis: await linkTo(redisPort) });
        }
      }
      const cluster = await TestCluster.open({
        store: 'jdbc-postgresql',
        counts: { gateway: 0, 'secret-worker': 0, 'cache-invalidator': 0 },
        redis: redis.env['COFFER_TEST_REDIS_URL'] ?? '',
        broker: await startBroker(() => undefined, entrances),
      });
      const admin = new Redis(redis.env['COFFER_TEST_REDIS_ADMIN_URL'] ?? '', { maxRetriesPerRequest: null });
      admin.on('error', () => undefined);
      const stage = new Stage(cluster, redis, admin, places);
      try {
        await Promise.all(places.map((place) => stage.start(place)));
        await cluster.writesGoThrough();
        return stage;
      } catch (error) {
        say(cluster.output.slice(-4_000));
        await stage.#closeCluster();
        throw error;
      }
    } catch (error) {
      await Promise.all(links.map((link) => link.close()));
      await redis.stop();
      throw error;
    }
  }

  of(role: Role): Place[] {
    return this.places.filter((place) => place.role === role);
  }

  /** A gateway's place with its client, while there is a process. */
  get gateways(): { readonly place: Place; readonly client: GatewayClient; readonly instance: string }[] {
    return this.of('gateway').flatMap((place) => {
      const { client, started, name } = place;
      return client === undefined || started === undefined
        ? []
        : [{ place, client, instance: `${name}/${started.pid}` }];
    });
  }

  /** Until it is ready, as often as needed: what it needs may be out of reach just now. */
  async start(place: Place): Promise<void> {
    const env = {
      KESTRA_KAFKA_CLIENT_PROPERTIES_BOOTSTRAP_SERVERS: `127.0.0.1:${place.kafka.port}`,
      COFFER_REDIS_URL: throughPort(this.redis.env['COFFER_TEST_REDIS_URL'], place.redis.port),
      // Some of the reads ask for it, all by one caller in few namespaces.
      COFFER_LIMITS_REFRESHES_PER_MINUTE: '1000000',
    };
    const begun = performance.now();
    for (;;) {
      try {
        const started = await this.cluster.start(place.role, env);
        place.started = started;
        if (place.role === 'gateway') place.client = new GatewayClient(started.address, this.cluster.token);
        return;
      } catch (error) {
        if (performance.now() - begun > PATIENCE) throw error;
        say(`${place.name} did not start: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }

  /** kill -9; resolves when the process is gone. */
  async kill(place: Place): Promise<void> {
    const { started, client } = place;
    if (started === undefined) return;
    delete place.started;
    delete place.client;
    await this.cluster.kill(started);
    client?.close();
  }

  told(fault: string, role: string, pid: number): void {
    this.cluster.faults.add(fault, role, pid);
  }

  async flush(): Promise<void> {
    this.told('FLUSHALL', 'redis', this.redis.handle.pid);
    await this.admin.flushall();
  }

  /** What Redis holds now is what it comes back with. */
  async save(): Promise<void> {
    await this.admin.save();
    this.told('SAVE', 'redis', this.redis.handle.pid);
  }

  /** kill -9, and its return on the same port with what was last saved. */
  async replaceRedis(meanwhile: () => Promise<void>): Promise<void> {
    const { handle } = this.redis;
    process.kill(handle.pid, 'SIGKILL');
    this.told('SIGKILL', 'redis', handle.pid);
    await meanwhile();
    await this.redis.revive();
    this.told('back with old data', 'redis', handle.pid);
  }

  /** Every link flows, every process is there. */
  async healed(): Promise<void> {
    for (const { kafka, redis } of this.places) [kafka, redis].forEach((link) => link.set('flow'));
    await until('all processes are there', () => this.places.every(({ started }) => started !== undefined), PATIENCE);
  }

  async close(): Promise<void> {
    await this.#closeCluster();
    await Promise.all(this.places.flatMap(({ kafka, redis }) => [kafka.close(), redis.close()]));
    await this.redis.stop();
  }

  async #closeCluster(): Promise<void> {
    for (const { client } of this.places) client?.close();
    this.admin.disconnect();
    await this.cluster.close();
  }
}
