import { Redis } from 'ioredis';
import { Cluster, startBroker, startServer, type Role, type Started } from '../../cluster/index.js';
import { FaultyProxy } from '@coffer/backend-conformance/faults';
import { api, freePort, until, type Api } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';

const COUNTS: Readonly<Record<Role, number>> = { gateway: 3, 'secret-worker': 2, 'cache-invalidator': 2 };

/** How long a process may take to be there again; bounds a failure only. */
const RESTART_TIMEOUT_MS = 120_000;
/** Before a process that ended while it started is started again. */
const RETRY_DELAY_MS = 1_000;
/** A gateway may be stopped for a while and answers what waited when it wakes: longer than any stop. */
const CALL_TIMEOUT_MS = 30_000;

/** One process of the cluster, and whatever takes its place: each has the same proxies. */
export interface Member {
  readonly name: string;
  readonly role: Role;
  readonly kafka: FaultyProxy;
  readonly redis: FaultyProxy;
  /** Absent while it is dead. */
  started?: Started;
  client?: Api;
}

/** A gateway that is there. */
export interface Gateway {
  readonly member: Member;
  readonly client: Api;
  /** In the history. */
  readonly instance: string;
}

const through = (url: string | undefined, { port }: FaultyProxy): string => {
  const proxied = new URL(url ?? '');
  proxied.port = String(port);
  return proxied.href;
};

/** What faults may hit: a cluster that caches, each process with a proxy of its own to Kafka and one to Redis. */
export class FaultTargets {
  private constructor(
    readonly cluster: Cluster,
    readonly members: readonly Member[],
    private readonly admin: Redis,
  ) {}

  /** Resolves when a write goes through every gateway. */
  static async open(): Promise<FaultTargets> {
    const redis = await startServer('redis');
    const redisPort = Number(new URL(redis.env['COFFER_TEST_REDIS_URL'] ?? '').port);
    const members: Member[] = [];
    const ports = [];
    for (const [role, count] of Object.entries(COUNTS) as [Role, number][]) {
      for (let number = 0; number < count; number += 1) {
        const port = await freePort();
        const kafka = await FaultyProxy.to(port);
        ports.push({ port, advertised: kafka.port });
        members.push({ name: `${role}-${number}`, role, kafka, redis: await FaultyProxy.to(redisPort) });
      }
    }
    const none = { gateway: 0, 'secret-worker': 0, 'cache-invalidator': 0 };
    const cluster = await Cluster.open({ counts: none, cache: {}, redis, broker: await startBroker(ports) });
    const admin = new Redis(redis.env['COFFER_TEST_REDIS_ADMIN_URL'] ?? '', { maxRetriesPerRequest: null });
    admin.on('error', () => undefined);
    const targets = new FaultTargets(cluster, members, admin);
    try {
      await Promise.all(members.map((member) => targets.start(member)));
      await cluster.writesGoThrough();
      return targets;
    } catch (error) {
      printError(cluster.output.slice(-4_000));
      await targets.close();
      throw error;
    }
  }

  of(role: Role): Member[] {
    return this.members.filter((member) => member.role === role);
  }

  get gateways(): Gateway[] {
    return this.of('gateway').flatMap((member) => {
      const { client, started, name } = member;
      return client === undefined || started === undefined
        ? []
        : [{ member, client, instance: `${name}/${started.pid}` }];
    });
  }

  /** Until it is ready, as often as needed: what it needs may be out of reach just now. */
  async start(member: Member): Promise<void> {
    const env = {
      KESTRA_KAFKA_CLIENT_PROPERTIES_BOOTSTRAP_SERVERS: `127.0.0.1:${member.kafka.port}`,
      COFFER_REDIS_URL: through(this.cluster.redis.env['COFFER_TEST_REDIS_URL'], member.redis),
      // Some of the reads ask for it, all by one caller in few namespaces.
      COFFER_LIMITS_REFRESHES_PER_MINUTE: '1000000',
    };
    const began = performance.now();
    for (;;) {
      try {
        const started = await this.cluster.start(member.role, env);
        member.started = started;
        if (member.role === 'gateway') {
          member.client = api(started.address, this.cluster.token, { timeoutMs: CALL_TIMEOUT_MS });
        }
        return;
      } catch (error) {
        if (performance.now() - began > RESTART_TIMEOUT_MS) throw error;
        printError(`${member.name} did not start: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
  }

  /** kill -9; resolves when the process is gone. */
  async kill(member: Member): Promise<void> {
    const { started, client } = member;
    if (started === undefined) return;
    delete member.started;
    delete member.client;
    await this.cluster.end(started);
    client?.close();
  }

  recordFault(fault: string, role: string, pid: number): void {
    this.cluster.faults.add(fault, role, pid);
  }

  async flushRedis(): Promise<void> {
    this.recordFault('FLUSHALL', 'redis', this.cluster.redis.handle.pid);
    await this.admin.flushall();
  }

  /** What Redis holds now is what it comes back with after kill -9. */
  async saveRedis(): Promise<void> {
    await this.admin.save();
    this.recordFault('SAVE', 'redis', this.cluster.redis.handle.pid);
  }

  /** Every proxy passes, every process is there. */
  async heal(): Promise<void> {
    for (const { kafka, redis } of this.members) [kafka, redis].forEach((proxy) => proxy.set('pass'));
    const whole = () => this.members.every(({ started }) => started !== undefined);
    await until('all processes are there', whole, RESTART_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    for (const { client } of this.members) client?.close();
    this.admin.disconnect();
    await this.cluster.close();
    await Promise.all(this.members.flatMap(({ kafka, redis }) => [kafka.close(), redis.close()]));
  }
}
