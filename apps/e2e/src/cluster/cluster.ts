import type { ExternalSecrets } from '@coffer/backend-conformance';
import { appendFileSync } from 'node:fs';
import { api, startCoffer, until, type Api, type Coffer } from '../harness/index.js';
import { printError } from '../harness/outcome.js';
import { ROLES, startToolCluster, type Role, type Settings, type Started, type ToolCluster } from './cluster-tool.js';
import { ConfigurationFile } from './configuration-file.js';
import { isDatabase, ownDatabase, type ClusterStore, type OwnDatabase } from './database.js';
import { FaultLog } from './fault-log.js';
import { startBroker, startServer, type KillableServer } from './killable-server.js';
import { metricsOf, seriesOf } from './cache-sources.js';
import { WARM_UP_KEYS, writesGoThrough } from './writes-go-through.js';

export interface ClusterOptions {
  /** Defaults to PostgreSQL. */
  readonly store?: ClusterStore;
  /** Further stores, each the manager of the namespace of its name. */
  readonly managers?: readonly ClusterStore[];
  /** Processes of each role; default 2. */
  readonly counts?: Partial<Readonly<Record<Role, number>>>;
  /** `kestra.secret.cache` beside `enabled`; without it nothing is cached. */
  readonly cache?: Settings;
  /** A broker of the caller's own, stopped with the cluster. Defaults to one that the cluster starts. */
  readonly broker?: KillableServer;
  /** Likewise, where reads are cached. */
  readonly redis?: KillableServer;
  /** Copies of each topic; default 1. */
  readonly replicas?: number;
  /** More of `coffer:` in the configuration. */
  readonly settings?: Settings;
  /** Where the store is, if not where the environment says. */
  readonly servers?: Readonly<Record<string, string>>;
}

/** Three gateways that cache, with as few of the others as can be. */
export const THREE_GATEWAYS = { gateway: 3, 'secret-worker': 1, 'cache-invalidator': 1 } as const;

/** Until a cluster that has just changed does as it should; bounds a failure only. */
const READY_TIMEOUT_MS = 180_000;

const environment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

interface Servers {
  broker?: KillableServer;
  redis?: KillableServer;
  database?: OwnDatabase;
  /** Databases of further stores. */
  readonly databases: OwnDatabase[];
}

/**
 * A distributed Coffer as real processes, on a broker, a database and, where it caches, a Redis of its own. Processes and
 * servers may be stopped and killed; `faults` has all of it.
 */
export class Cluster {
  readonly faults = new FaultLog();
  #output = '';
  #tool: ToolCluster | undefined;

  private constructor(private readonly servers: Servers) {}

  /** Resolves when a write goes through each gateway and, with a cache, each gateway serves from its memory. */
  static async open(options: ClusterOptions = {}): Promise<Cluster> {
    const { store = 'jdbc-postgresql', managers = [], counts = {}, cache, replicas, settings } = options;
    const servers: Servers = {
      ...(options.broker && { broker: options.broker }),
      ...(options.redis && { redis: options.redis }),
      databases: [],
    };
    const cluster = new Cluster(servers);
    try {
      if (isDatabase(store)) servers.database = await ownDatabase(store);
      for (const each of managers.filter(isDatabase)) servers.databases.push(await ownDatabase(each));
      servers.broker ??= await startBroker();
      if (cache !== undefined) servers.redis ??= await startServer('redis');
      cluster.#tool = await startToolCluster({
        store,
        managers,
        counts: { gateway: 2, 'secret-worker': 2, 'cache-invalidator': 2, ...counts },
        ...(cache && { cache }),
        ...(replicas !== undefined && { replicas }),
        ...(settings && { settings }),
        servers: {
          ...environment(),
          ...options.servers,
          ...servers.broker.env,
          ...servers.redis?.env,
          ...servers.database?.env,
          ...Object.fromEntries(servers.databases.flatMap(({ env }) => Object.entries(env))),
        },
        log: (line) => cluster.#log(line),
      });
      await cluster.writesGoThrough();
      if (cache) await cluster.hitsAreServed();
      return cluster;
    } catch (error) {
      printError(cluster.#output.slice(-4_000));
      await cluster.close();
      throw error;
    }
  }

  /** Opens a cluster, and closes it once `run` has ended in whatever way. */
  static async use<T>(options: ClusterOptions, run: (cluster: Cluster) => Promise<T>): Promise<T> {
    const cluster = await Cluster.open(options);
    try {
      return await run(cluster);
    } finally {
      await cluster.close();
    }
  }

  get broker(): KillableServer {
    if (this.servers.broker === undefined) throw new Error('the cluster has no broker');
    return this.servers.broker;
  }

  get redis(): KillableServer {
    if (this.servers.redis === undefined) throw new Error('the cluster was opened without a cache');
    return this.servers.redis;
  }

  /** Addresses of the brokers, as the processes know them. */
  get brokers(): readonly string[] {
    return this.#started.kafka.split(',');
  }

  /** Address of its database as its owner; absent where the store is none. */
  get databaseUrl(): string | undefined {
    return Object.values(this.servers.database?.env ?? {})[0];
  }

  /** In its own database, as its owner. */
  async execute(...statements: readonly string[]): Promise<void> {
    if (this.servers.database === undefined) throw new Error('the store of this cluster is no database');
    await this.servers.database.execute(...statements);
  }

  /** Everything that the processes have written. */
  get output(): string {
    return this.#output;
  }

  /** May do everything. */
  get token(): string {
    return this.#started.token;
  }

  /** The store's: what nothing else in it uses. */
  get prefix(): string {
    return this.#started.prefix;
  }

  /** What others do in one of its stores; `undefined` where that holds nothing but what Coffer made. */
  externalOf(store: ClusterStore): ExternalSecrets | undefined {
    return this.#started.externalOf(store);
  }

  /** What processes that start from now on read. */
  get configuration(): ConfigurationFile {
    return new ConfigurationFile(this.#started.configuration);
  }

  get processes(): Started[] {
    return this.#started.processes();
  }

  of(role: Role): Started[] {
    return this.processes.filter((started) => started.role === role);
  }

  /** A client of each gateway that lives. */
  get gateways(): Api[] {
    return this.of('gateway').map((gateway) => this.client(gateway));
  }

  client({ address }: Pick<Started, 'address'>): Api {
    return api(address, this.token);
  }

  /** The clients of two gateways. */
  pair(): { readonly a: Api; readonly b: Api } {
    const [a, b] = this.gateways;
    if (a === undefined || b === undefined) throw new Error('there are no two gateways');
    return { a, b };
  }

  /** Another Coffer on the same stores, one process with a queue of its own, whose `kestra.secret`, and each of whose managers, is another. */
  async neighbour(change: (secret: Settings) => Settings): Promise<Coffer> {
    return startCoffer({ config: this.configuration.ofNeighbour(change), env: this.#started.environment });
  }

  /** Starts one more process; resolves when it is ready. `env`: variables of this process alone. */
  async start(role: Role, env: Readonly<Record<string, string>> = {}): Promise<Started> {
    const started = await this.#started.start(role, env);
    this.faults.add('started', role, started.pid);
    return started;
  }

  /** Starts `count` of each of some roles; resolves when they are ready. */
  async startAll(roles: readonly Role[] = ROLES, count = 2): Promise<void> {
    await Promise.all(roles.flatMap((role) => Array.from({ length: count }, () => this.start(role))));
  }

  signal({ role, pid }: Pick<Started, 'role' | 'pid'>, signal: NodeJS.Signals): void {
    process.kill(pid, signal);
    this.faults.add(signal, role, pid);
  }

  /** Ends a process by a signal, kill -9 by default; resolves when it is gone. */
  async end(started: Started, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.signal(started, signal);
    const gone = () => this.processes.every(({ pid }) => pid !== started.pid);
    await until(`process ${started.pid} is gone`, gone, READY_TIMEOUT_MS);
  }

  /** Ends all processes of some roles in an orderly way. */
  async endAll(roles: readonly Role[] = ROLES): Promise<void> {
    await Promise.all(roles.flatMap((role) => this.of(role)).map((started) => this.end(started, 'SIGTERM')));
  }

  /** kill -9 of a server, and its return on its data and its port once `meanwhile` has resolved. */
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

  /** Waits until every gateway has served keys of every shard from its memory, each at some moment: leases come and go. */
  async hitsAreServed(): Promise<void> {
    for (const [number, gateway] of this.gateways.entries()) {
      const isHit = async (key: string): Promise<boolean> =>
        /hit; detail=l1/.test((await gateway.value('warm.up', key)).headers.get('cache-status') ?? '');
      const served = (key: string) =>
        until(`gateway ${number} serves ${key} from its cache`, () => isHit(key), READY_TIMEOUT_MS);
      await Promise.all(WARM_UP_KEYS.map(served));
    }
  }

  /** Gateways whose lease writes may have to wait for, of the shard with the most. */
  async leaseHolders(): Promise<number> {
    const texts = await Promise.all(this.of('cache-invalidator').map(({ address }) => metricsOf(address, this.token)));
    return Math.max(...texts.flatMap((text) => Object.values(seriesOf(text, 'coffer_lease_holders', 'shard'))));
  }

  async close(): Promise<void> {
    const { broker, redis, database, databases } = this.servers;
    await this.#tool?.stop();
    await Promise.all([redis?.stop(), broker?.stop()]);
    await database?.drop();
    for (const each of databases) await each.drop();
  }

  /** `E2E_CLUSTER_LOG` names a file that gets all of it as well. */
  #log(line: string): void {
    this.#output += `${line}\n`;
    const file = process.env['E2E_CLUSTER_LOG'];
    if (file !== undefined) appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
  }

  get #started(): ToolCluster {
    if (this.#tool === undefined) throw new Error('the cluster was not started');
    return this.#tool;
  }
}
