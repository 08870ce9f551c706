import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startServers } from '../../test-servers/src/index.mjs';
import { startBrokers } from '../../test-servers/src/kafka-brokers.mjs';
import { buildIfStale } from '../../workspace/src/build.mjs';
import { root } from '../../workspace/src/checkout.mjs';
import { configure } from './configuration.mjs';
import { configurationOf, environmentOf } from './role-settings.mjs';
import { freshPrefix, storeNamed } from './stores.mjs';

/** The services, in the order in which they are started. */
export const roles = /** @type {const} */ (['cache-invalidator', 'secret-worker', 'gateway']);

/**
 * @typedef {(typeof roles)[number]} Role
 * @typedef {{role: Role, pid: number, port: number, address: string}} Started
 *
 * @typedef {object} ClusterOptions
 * @property {string} store a name of `stores`
 * @property {string} [prefix] default: one that nothing else in the store uses
 * @property {Record<Role, number>} counts
 * @property {(line: string) => void} log every line that a process writes, and what becomes of it
 * @property {Record<string, unknown>} [settings] put under `coffer:` of the configuration
 * @property {Record<string, unknown>} [cache] `kestra.secret.cache`: reads are cached, over Redis; `{}` for its defaults
 * @property {number} [brokers] of Kafka, started for this cluster alone; absent: one, which may be one that is there
 * @property {number} [replicas] of each topic; default as many as there are brokers, at most three
 * @property {Record<string, string>} [servers] environment variables of servers that are there; absent: they are started
 *
 * @typedef {object} Cluster
 * @property {string} token may do everything
 * @property {string} kafka
 * @property {string} store its address
 * @property {string} prefix
 * @property {unknown} external see `StoreSettings`
 * @property {Record<string, string>} environment of the processes that use the store, beside this one's
 * @property {string} configuration the file of the gateways; as they start, the others get what their role needs of it
 * @property {() => Started[]} processes those that live
 * @property {(role: Role) => Promise<Started>} start one more; resolves when it is ready
 * @property {() => Promise<void>} stop ends the services, then the servers that were started
 */

/**
 * The distributed system on this machine: the servers it needs, then the services as processes. Resolves when all are
 * ready. A process that dies is reported and not restarted.
 * @param {ClusterOptions} options
 * @returns {Promise<Cluster>}
 */
export async function startCluster(options) {
  const { store: name, counts, log, settings = {}, cache, servers: given, prefix = freshPrefix() } = options;
  const { brokers: brokerCount, replicas = Math.min(3, brokerCount ?? 1) } = options;
  const store = storeNamed(name);
  /** @type {Map<import('node:child_process').ChildProcess, Started | undefined>} */
  const children = new Map();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-cluster-'));
  const file = join(folder, 'coffer.json');
  let ending = false;
  const killAll = () => [...children.keys()].forEach((child) => child.kill('SIGKILL'));
  process.on('exit', killAll);
  const names = [...(brokerCount ? [] : ['kafka']), ...(cache ? ['redis'] : []), ...store.servers];
  const none = { env: {}, stop: async () => undefined };
  const [servers, brokers] = await Promise.all([
    given ? { ...none, env: given } : startServers(names, { log, signals: false }),
    brokerCount ? startBrokers(brokerCount, { log }) : none,
    buildIfStale({ log }),
  ]);

  const stop = async () => {
    ending = true;
    await Promise.all([...children.keys()].map(ended));
    process.off('exit', killAll);
    rmSync(folder, { recursive: true, force: true });
    await Promise.all([servers.stop(), brokers.stop()]);
  };

  /** @type {Record<string, string>} */
  let environment = {};
  let files = 0;
  /** The file of one process: what its role needs of that which is there now. @param {Role} role */
  const fileOf = (role) => {
    if (role === 'gateway') return file;
    const own = join(folder, `${role}-${(files += 1)}.json`);
    const content = configurationOf(role, JSON.parse(readFileSync(file, 'utf8')));
    writeFileSync(own, JSON.stringify(content), { mode: 0o600 });
    return own;
  };
  /** @param {Role} role @param {Record<string, string>} [own] variables of this process @returns {Promise<Started>} */
  const start = (role, own = {}) => {
    const main = join(root, `apps/${role}/dist/main.js`);
    const child = spawn(process.execPath, ['--disable-sigusr1', main, '--config', fileOf(role)], {
      cwd: folder,
      env: { ...environmentOf(role, process.env, environment), ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.set(child, undefined);
    const lines = (/** @type {import('node:stream').Readable | null} */ input) =>
      createInterface({ input: /** @type {import('node:stream').Readable} */ (input) });
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
        const address = /^ready (http:\S+)$/.exec(line)?.[1];
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
    const kafka = { ...servers.env, ...brokers.env }.COFFER_TEST_KAFKA_BROKERS;
    const storeSettings = await store.settings(servers.env, prefix);
    environment = storeSettings.environment ?? {};
    const { address, external } = storeSettings;
    const redis = cache && { cache, url: servers.env.COFFER_TEST_REDIS_URL };
    const { configuration, token } = await configure(storeSettings, { brokers: kafka, replicas }, settings, redis);
    writeFileSync(file, JSON.stringify(configuration), { mode: 0o600 });
    await Promise.all(roles.flatMap((role) => Array.from({ length: counts[role] }, () => start(role))));
    const processes = () => [...children.values()].filter((started) => started !== undefined);
    return { token, kafka, store: address, prefix, external, environment, configuration: file, processes, start, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Asks a process to end and resolves when it has; one that is stopped by a signal is let go on first. */
const ended = (/** @type {import('node:child_process').ChildProcess} */ child) =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
  });
