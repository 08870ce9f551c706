import type { ExternalKnobs } from '@coffer/backend-conformance';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { api, startCoffer, until, type Api, type Coffer } from '../harness/index.js';
import { say } from '../measure/index.js';
import { isDatabase, ownDatabase, type ClusterStore, type OwnDatabase } from './database.js';
import { FaultLog } from './fault-log.js';
import { clusterTool, startBroker, type OwnServer, type Role, type Started, type ToolCluster } from './tools.js';
import { writesGoThrough } from './writes-go-through.js';

export interface TestClusterOptions {
  readonly store: ClusterStore;
  /** Of each service; default 2. */
  readonly counts?: Partial<Readonly<Record<Role, number>>>;
  /** Reads are cached, over the Redis at this address. */
  readonly redis?: string;
  /** Default: one of its own. It is stopped with the cluster. */
  readonly broker?: OwnServer;
  /** Of each topic; default 1. */
  readonly replicas?: number;
}

export type Tree = Readonly<Record<string, unknown>>;

/** The part of the configuration file that suites change or need to know. */
interface ConfigurationFile {
  readonly kestra: { readonly secret: Tree };
  readonly datasources?: Tree;
  readonly coffer: {
    encryption: { readonly keys: readonly { readonly id: string; readonly secret: string }[] };
    messaging?: Readonly<Record<string, unknown>>;
  };
}

const environment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

const ROLES: readonly Role[] = ['cache-invalidator', 'secret-worker', 'gateway'];
/** Until a process is gone, in milliseconds; bounds a failure only. */
const PATIENCE = 60_000;

/** A distributed Coffer on a broker and a database of its own, whose processes and whose broker may be hurt. */
export class TestCluster {
  readonly faults = new FaultLog();
  #output = '';

  private constructor(
    private readonly broker: OwnServer,
    private readonly database: OwnDatabase | undefined,
  ) {}

  #tool: ToolCluster | undefined;

  /** Resolves when a write goes through each gateway. */
  static async open({ store, counts = {}, redis, broker: given, replicas }: TestClusterOptions): Promise<TestCluster> {
    const { startCluster } = await clusterTool();
    const database = isDatabase(store) ? await ownDatabase(store) : undefined;
    const starting = given === undefined ? startBroker(() => undefined) : Promise.resolve(given);
    const broker = await starting.catch(async (error: unknown) => {
      await database?.drop();
      throw error;
    });
    const cluster = new TestCluster(broker, database);
    try {
      cluster.#tool = await startCluster({
        store,
        counts: { gateway: 2, 'secret-worker': 2, 'cache-invalidator': 2, ...counts },
        ...(redis === undefined ? {} : { cache: {} }),
        ...(replicas === undefined ? {} : { replicas }),
        servers: {
          ...environment(),
          ...broker.env,
          ...database?.env,
          ...(redis === undefined ? {} : { COFFER_TEST_REDIS_URL: redis }),
        },
        log: (line) => cluster.#hear(line),
      });
      await cluster.writesGoThrough();
      return cluster;
    } catch (error) {
      say(cluster.#output.slice(-4_000));
      await cluster.close();
      throw error;
    }
  }

  /** Opens a cluster, and closes it once `run` has ended in whatever way. */
  static async use<T>(options: TestClusterOptions, run: (cluster: TestCluster) => Promise<T>): Promise<T> {
    const cluster = await TestCluster.open(options);
    try {
      return await run(cluster);
    } finally {
      await cluster.close();
    }
  }

  get brokers(): readonly string[] {
    return this.#started.kafka.split(',');
  }

  /** In the cluster's own database, as its owner. */
  async execute(...statements: readonly string[]): Promise<void> {
    if (this.database === undefined) throw new Error('the store of this cluster is no database');
    await this.database.execute(...statements);
  }

  /** Where the broker keeps its data. */
  get brokerFolder(): string {
    return this.broker.handle.folder ?? '';
  }

  /** Everything that the processes have written. */
  get output(): string {
    return this.#output;
  }

  /** A client of each gateway that lives. */
  get gateways(): Api[] {
    return this.of('gateway').map(({ address }) => api(address, this.#started.token));
  }

  /** May do everything. */
  get token(): string {
    return this.#started.token;
  }

  /** The clients of two gateways. */
  pair(): { readonly a: Api; readonly b: Api } {
    const [a, b] = this.gateways;
    if (a === undefined || b === undefined) throw new Error('there are no two gateways');
    return { a, b };
  }

  /** The store's: what nothing else in it uses. */
  get prefix(): string {
    return this.#started.prefix;
  }

  /** What others do in the store; absent where it holds nothing but what Coffer made. */
  get external(): ExternalKnobs | undefined {
    return this.#started.external;
  }

  /** Another Coffer on the same store, one process with a queue of its own, whose `kestra.secret` is another. */
  async neighbour(change: (secret: Tree) => Tree): Promise<Coffer> {
    const { kestra, datasources } = this.#read();
    const config = JSON.stringify({ datasources, kestra: { ...kestra, secret: change(kestra.secret) } });
    return startCoffer({ config, env: this.#started.environment });
  }

  /** The key that all messages are sealed with. */
  get rootKey(): { readonly id: string; readonly secret: string } {
    const [key] = this.#read().coffer.encryption.keys;
    if (key === undefined) throw new Error('the cluster has no key');
    return key;
  }

  get processes(): Started[] {
    return this.#started.processes();
  }

  of(role: Role): Started[] {
    return this.processes.filter((started) => started.role === role);
  }

  /** `env`: variables of this process alone. */
  async start(role: Role, env: Readonly<Record<string, string>> = {}): Promise<Started> {
    const started = await this.#started.start(role, env);
    this.faults.add('started', role, started.pid);
    return started;
  }

  /** kill -9; resolves when the process is gone. */
  async kill({ role, pid }: Started): Promise<void> {
    this.signal({ role, pid }, 'SIGKILL');
    await this.#gone(pid);
  }

  signal({ role, pid }: Pick<Started, 'role' | 'pid'>, signal: NodeJS.Signals): void {
    process.kill(pid, signal);
    this.faults.add(signal, role, pid);
  }

  /** Ends all processes of some roles in an orderly way. */
  async stop(roles: readonly Role[] = ROLES): Promise<void> {
    const ending = roles.flatMap((role) => this.of(role));
    ending.forEach((started) => this.signal(started, 'SIGTERM'));
    await Promise.all(ending.map(({ pid }) => this.#gone(pid)));
  }

  /** Starts `count` of each of some roles; resolves when they are ready. */
  async startAll(roles: readonly Role[] = ROLES, count = 2): Promise<void> {
    await Promise.all(roles.flatMap((role) => Array.from({ length: count }, () => this.start(role))));
  }

  /** kill -9 of the broker, and its return on the same data and port once `meanwhile` has resolved. */
  async killBroker(meanwhile: () => Promise<void>): Promise<void> {
    const { handle } = this.broker;
    process.kill(handle.pid, 'SIGKILL');
    this.faults.add('SIGKILL', 'broker', handle.pid);
    await meanwhile();
    await this.broker.revive();
    this.faults.add('started', 'broker', handle.pid);
  }

  /** Changes `coffer.messaging` for processes that start from now on. */
  set(messaging: Readonly<Record<string, unknown>>): void {
    const file = this.#read();
    file.coffer.messaging = { ...file.coffer.messaging, ...messaging };
    writeFileSync(this.#started.configuration, JSON.stringify(file));
  }

  /** A further key, for processes that start from now on. */
  addKey(key: { readonly id: string; readonly secret: string }): void {
    const file = this.#read();
    const { keys } = file.coffer.encryption;
    file.coffer.encryption = { keys: [...keys, key] };
    writeFileSync(this.#started.configuration, JSON.stringify(file));
  }

  writesGoThrough(): Promise<void> {
    return writesGoThrough(this.gateways);
  }

  async close(): Promise<void> {
    await this.#tool?.stop();
    await this.broker.stop();
    await this.database?.drop();
  }

  /** `E2E_CLUSTER_LOG` names a file that gets all of it as well. */
  #hear(line: string): void {
    this.#output += `${line}\n`;
    const file = process.env['E2E_CLUSTER_LOG'];
    if (file !== undefined) appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
  }

  get #started(): ToolCluster {
    if (this.#tool === undefined) throw new Error('the cluster was not started');
    return this.#tool;
  }

  #read(): ConfigurationFile {
    return JSON.parse(readFileSync(this.#started.configuration, 'utf8')) as ConfigurationFile;
  }

  #gone(pid: number): Promise<unknown> {
    const gone = () => !this.processes.some((started) => started.pid === pid);
    return until(`process ${pid} is gone`, gone, PATIENCE);
  }
}
