import {
  isDatabase,
  ownDatabase,
  writesGoThrough,
  type ClusterStore,
  type OwnDatabase,
  type Role,
  type Started,
} from '../cluster/index.js';
import { clusterTool, type ToolCluster } from '../cluster/tools.js';
import { api, until, type Api } from '../harness/index.js';
import { FaultLog } from '../cluster/fault-log.js';
import { say } from '../measure/index.js';
import { startServer, type MortalServer } from './mortal-server.js';
import { metricsOf, seriesOf } from '../cluster/cache-sources.js';

export interface CachedClusterOptions {
  readonly store?: ClusterStore;
  /** Of each service; default 3 gateways, 1 worker, 1 coordinator. */
  readonly counts?: Partial<Readonly<Record<Role, number>>>;
  /** `kestra.secret.cache` beside `enabled`; absent: nothing is cached. */
  readonly cache?: Readonly<Record<string, unknown>>;
  /** Of the store, where it is no database. */
  readonly servers?: Readonly<Record<string, string>>;
}

/** Until a cluster that has just started or been hurt does as it should, in milliseconds; bounds a failure only. */
const PATIENCE = 180_000;

interface Parts {
  readonly broker: MortalServer;
  readonly redis: MortalServer | undefined;
  readonly database: OwnDatabase | undefined;
}

/** A distributed Coffer with a broker, a Redis and a database of its own, each of which may be hurt. */
export class CachedCluster {
  readonly faults = new FaultLog();
  #output = '';
  #tool: ToolCluster | undefined;

  private constructor(private readonly parts: Parts) {}

  /** Resolves when a write goes through each gateway and, where values are cached, each gateway serves from its cache. */
  static async open(options: CachedClusterOptions): Promise<CachedCluster> {
    const { store = 'jdbc-postgresql', counts = {}, cache, servers = {} } = options;
    const { startCluster } = (await clusterTool()) as unknown as {
      startCluster(options: Readonly<Record<string, unknown>>): Promise<ToolCluster>;
    };
    const database = isDatabase(store) ? await ownDatabase(store) : undefined;
    const broker = await startServer('kafka');
    const redis = cache && (await startServer('redis'));
    const cluster = new CachedCluster({ broker, redis, database });
    try {
      cluster.#tool = await startCluster({
        store,
        counts: { gateway: 3, 'secret-worker': 1, 'cache-invalidator': 1, ...counts },
        servers: { ...servers, ...broker.env, ...redis?.env, ...database?.env },
        log: (line: string) => (cluster.#output += `${line}\n`),
        ...(cache && { cache }),
      });
      await cluster.writesGoThrough();
      if (cache) await cluster.hitsAreServed();
      return cluster;
    } catch (error) {
      say(cluster.#output.slice(-4_000));
      await cluster.close();
      throw error;
    }
  }

  get token(): string {
    return this.#started.token;
  }

  /** Of the store: what nothing else in it uses. */
  get prefix(): string {
    return this.#started.prefix;
  }

  get redis(): MortalServer {
    if (this.parts.redis === undefined) throw new Error('the cluster was opened without a cache');
    return this.parts.redis;
  }

  get broker(): MortalServer {
    return this.parts.broker;
  }

  of(role: Role): Started[] {
    return this.#started.processes().filter((started) => started.role === role);
  }

  get processes(): Started[] {
    return this.#started.processes();
  }

  /** A client of each gateway. */
  get gateways(): Api[] {
    return this.of('gateway').map((gateway) => this.client(gateway));
  }

  client({ address }: Started): Api {
    return api(address, this.token);
  }

  signal({ role, pid }: Started, signal: NodeJS.Signals): void {
    process.kill(pid, signal);
    this.faults.add(signal, role, pid);
  }

  /** Ends a process by a signal; resolves when it is gone. */
  async end(started: Started, signal: NodeJS.Signals): Promise<void> {
    this.signal(started, signal);
    await until(`${started.pid} is gone`, () => this.processes.every(({ pid }) => pid !== started.pid), PATIENCE);
  }

  /** Gateways whose lease writes may have to wait for, of the shard with the most. */
  async leaseHolders(): Promise<number> {
    const texts = await Promise.all(this.of('cache-invalidator').map(({ address }) => metricsOf(address, this.token)));
    return Math.max(...texts.flatMap((text) => Object.values(seriesOf(text, 'coffer_lease_holders', 'shard'))));
  }

  /** One more process; resolves when it is ready. */
  async start(role: Role): Promise<void> {
    const { pid } = await this.#started.start(role);
    this.faults.add('started', role, pid);
  }

  /** kill -9 of a server, and its return on its data and port once `meanwhile` has resolved. */
  async without(name: 'broker' | 'redis', meanwhile: () => Promise<void>): Promise<void> {
    const server = this[name];
    process.kill(server.handle.pid, 'SIGKILL');
    this.faults.add('SIGKILL', name, server.handle.pid);
    try {
      await meanwhile();
    } finally {
      await server.revive();
      this.faults.add('started', name, server.handle.pid);
    }
  }

  writesGoThrough(): Promise<void> {
    return writesGoThrough(this.gateways);
  }

  /** By every gateway, for keys of every shard, each at some moment: on a busy machine leases come and go. */
  async hitsAreServed(): Promise<void> {
    for (const [number, gateway] of this.gateways.entries()) {
      const isHit = async (key: string): Promise<boolean> => {
        const { headers } = await gateway.value('warm.up', key);
        return /hit; detail=l1/.test(headers.get('cache-status') ?? '');
      };
      const keys = Array.from({ length: 24 }, (_, key) => `K${key}`);
      await Promise.all(
        keys.map((key) => until(`gateway ${number} serves ${key} from its cache`, () => isHit(key), PATIENCE)),
      );
    }
  }

  async close(): Promise<void> {
    const { broker, redis, database } = this.parts;
    await this.#tool?.stop();
    await redis?.stop();
    await broker.stop();
    await database?.drop();
  }

  get #started(): ToolCluster {
    if (this.#tool === undefined) throw new Error('the cluster was not started');
    return this.#tool;
  }
}
