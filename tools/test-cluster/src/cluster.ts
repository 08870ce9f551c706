import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startServers } from '@coffer/test-servers';
import { startBrokers } from '@coffer/test-servers/kafka-brokers';
import { commandOfChild } from '@coffer/test-servers/unprivileged';

import { configure } from './configuration.ts';
import { configurationOf, environmentOf } from './role-settings.ts';
import { freshPrefix, managerOf, storeNamed, type Tree } from './stores.ts';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** The top of this checkout. */
const root = join(import.meta.dirname, '../../..');

/** The services, in the order in which they are started. */
export const roles = ['cache-invalidator', 'secret-worker', 'gateway'] as const;

export type Role = (typeof roles)[number];

/** A process of the cluster that is ready. */
export interface Started {
  readonly role: Role;
  readonly pid: number;
  readonly port: number;
  readonly address: string;
}

export interface ClusterOptions {
  /** A name of `stores`: that of all namespaces without a manager of their own. */
  store: string;
  /** Names of further stores, each the manager of the namespace of its name in the tenant `main`. */
  managers?: readonly string[];
  /** Default: one that nothing else in the store uses. */
  prefix?: string;
  counts: Readonly<Record<Role, number>>;
  /** Every line that a process writes, and what becomes of it. */
  log: (line: string) => void;
  /** Put under `coffer:` of the configuration. */
  settings?: Readonly<Record<string, unknown>>;
  /** `kestra.secret.cache`: reads are cached, over Redis; `{}` for its defaults. */
  cache?: Readonly<Record<string, unknown>>;
  /** Kafka brokers, started for this cluster alone. Defaults to one, which may be one that is there. */
  brokers?: number;
  /** Copies of each topic. Defaults to as many as there are brokers, at most three. */
  replicas?: number;
  /** Environment variables of servers that are there. Without them, servers are started. */
  servers?: Readonly<Record<string, string>>;
}

export interface Cluster {
  /** May do everything. */
  token: string;
  kafka: string;
  /** Its address. */
  store: string;
  prefix: string;
  /** See `StoreSettings`; by the name of a store that it has. */
  externalOf: (store: string) => unknown;
  /** Environment of the processes that use the store, beside this one's. */
  environment: Record<string, string>;
  /** The file of the gateways; as they start, the others get what their role needs of it. */
  configuration: string;
  /** Those that live. */
  processes: () => Started[];
  /** One more; resolves when it is ready. */
  start: (role: Role, env?: Readonly<Record<string, string>>) => Promise<Started>;
  /** Ends the services, then the servers that were started. */
  stop: () => Promise<void>;
}

/**
 * The distributed system on this machine: the servers it needs, then the services as processes. Resolves when all are
 * ready. A process that dies is reported and not restarted.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { store: name, counts, log, settings = {}, cache, servers: given, prefix = freshPrefix() } = options;
  const { brokers: brokerCount, replicas = Math.min(3, brokerCount ?? 1), managers = [] } = options;
  const stores = [name, ...managers].map(storeNamed);
  const children: Map<ChildProcess, Started | undefined> = new Map();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-cluster-'));
  const file = join(folder, 'coffer.json');
  let ending = false;
  const killAll = () => {
    [...children.keys()].forEach((child) => child.kill('SIGKILL'));
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', killAll);
  const names = [
    ...(brokerCount ? [] : ['kafka']),
    ...(cache ? ['redis'] : []),
    ...stores.flatMap((store) => store.servers),
  ];
  const none = { env: {}, stop: async () => undefined };
  const [servers, brokers] = await Promise.all([
    given ? { ...none, env: given } : startServers(names, { log, signals: false }),
    brokerCount ? startBrokers(brokerCount, { log }) : none,
  ]);

  const stop = async () => {
    ending = true;
    await Promise.all([...children.keys()].map(ended));
    process.off('exit', killAll);
    rmSync(folder, { recursive: true, force: true });
    await Promise.all([servers.stop(), brokers.stop()]);
  };

  let environment: Record<string, string> = {};
  let files = 0;
  let audits = 0;
  /** The file of one process: what its role needs of that which is there now. */
  const fileOf = (role: Role): string => {
    if (role === 'gateway') return file;
    const own = join(folder, `${role}-${(files += 1)}.json`);
    const content = configurationOf(role, JSON.parse(readFileSync(file, 'utf8')) as Tree);
    writeFileSync(own, JSON.stringify(content), { mode: 0o600 });
    return own;
  };
  /** `own`: variables of this process. */
  const start = (role: Role, own: Readonly<Record<string, string>> = {}): Promise<Started> => {
    const main = join(root, `dist/${role}.js`);
    const program = ['--disable-sigusr1', main, '--config', fileOf(role)];
    const { command, args } = commandOfChild(process.execPath, program, 'SIGKILL');
    const child = spawn(command, args, {
      cwd: folder,
      env: {
        ...environmentOf(role, process.env, environment),
        CLUSTER_AUDIT_FILE: `audit-${(audits += 1)}.jsonl`,
        ...own,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.set(child, undefined);
    const lines = (input: Readable | null) => createInterface({ input: input as Readable });
    let last = '';
    lines(child.stderr).on('line', (line) => {
      last = line;
      log(`${role} ${child.pid}: ${line}`);
    });
    return new Promise((resolve, reject) => {
      child.once('close', (code, signal) => {
        children.delete(child);
        const how = `${role} (pid ${child.pid}) ended with ${signal ?? `code ${code}`}`;
        if (!ending) log(`${how}; it is not restarted`);
        reject(new Error(`${how} before it was ready; it said: ${last}`));
      });
      lines(child.stdout).on('line', (line) => {
        const address = /^ready (https?:\S+)$/.exec(line)?.[1];
        if (!address) return log(`${role} ${child.pid}: ${line}`);
        const started = { role, pid: child.pid ?? 0, port: Number(new URL(address).port), address };
        children.set(child, started);
        resolve(started);
      });
    });
  };

  try {
    // Where the adapters' own suites look for them.
    for (const [name, value] of Object.entries(servers.env)) process.env[name] ??= value;
    const addresses: Readonly<Record<string, string>> = { ...servers.env, ...brokers.env };
    const kafka = addresses.COFFER_TEST_KAFKA_BROKERS ?? '';
    const settingsOf = async (each: string) => storeNamed(each).settings(servers.env, prefix);
    const storeSettings = await settingsOf(name);
    const { address } = storeSettings;
    const further = await Promise.all(managers.map(async (each) => ({ each, settings: await settingsOf(each) })));
    environment = Object.fromEntries(
      [storeSettings, ...further.map((more) => more.settings)].flatMap((each) =>
        Object.entries(each.environment ?? {}),
      ),
    );
    const externals = new Map([
      [name, storeSettings.external],
      ...further.map((more) => [more.each, more.settings.external] as const),
    ]);
    const externalOf = (of: string) => externals.get(of);
    const redis = cache && { cache, url: addresses.COFFER_TEST_REDIS_URL ?? '' };
    const ofCoffer =
      further.length === 0
        ? settings
        : { ...settings, managers: further.map((more) => managerOf(more.each, more.settings)) };
    const { configuration, token } = await configure(storeSettings, { brokers: kafka, replicas }, ofCoffer, redis);
    writeFileSync(file, JSON.stringify(configuration), { mode: 0o600 });
    await Promise.all(roles.flatMap((role) => Array.from({ length: counts[role] }, () => start(role))));
    const processes = () => [...children.values()].filter((started) => started !== undefined);
    return {
      token,
      kafka,
      store: address,
      prefix,
      externalOf,
      environment,
      configuration: file,
      processes,
      start,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks a process to end and resolves when it has; one that is stopped by a signal is let go on first. */
const ended = (child: ChildProcess) =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
  });
