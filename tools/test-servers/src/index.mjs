import { stopServer } from './handles.mjs';
import { obtain } from './lifecycle.mjs';
import { azureKeyVault } from './azure-key-vault.mjs';
import { elasticsearch } from './elasticsearch.mjs';
import { googleSecretManager } from './google-secret-manager.mjs';
import { h2 } from './h2.mjs';
import { kafka } from './kafka.mjs';
import { mariadb } from './mariadb.mjs';
import { moto } from './moto.mjs';
import { postgresql } from './postgresql.mjs';
import { redis, redisCluster, redisTls } from './redis.mjs';
import { vault } from './vault.mjs';

/** Every server there is; a new one is a file beside these and a row here. */
export const servers = [
  postgresql,
  mariadb,
  moto,
  h2,
  kafka,
  redis,
  redisTls,
  redisCluster,
  elasticsearch,
  azureKeyVault,
  googleSecretManager,
  vault,
];

/** @type {string[]} */
export const serverNames = servers.map(({ name }) => name);

/** @param {string[]} names @returns {import('./lifecycle.mjs').Server[]} rejects a name that there is not */
export function serversNamed(names) {
  return names.map((name) => {
    const server = servers.find((candidate) => candidate.name === name);
    if (!server) throw new Error(`there is no server "${name}"; there are: ${serverNames.join(', ')}`);
    return server;
  });
}

/** @param {string} line */
const toStderr = (line) => process.stderr.write(`servers: ${line}\n`);

/**
 * @typedef {object} StartOptions
 * @property {(line: string) => void} [log]
 * @property {boolean} [signals] false where the caller stops the servers in its own order after a signal
 *
 * @typedef {object} Started
 * @property {Record<string, string>} env the variables that tell the tests where the servers are
 * @property {Record<string, string>} missing what cannot be had, by name: a text that says why, and how to get it
 * @property {(options?: {failed?: boolean}) => Promise<void>} stop `failed: true` keeps their logs and says where
 */

/**
 * As `startAvailableServers`, and rejects when one cannot be had, having stopped the others.
 * @param {string[]} names
 * @param {StartOptions} [options]
 */
export async function startServers(names, options = {}) {
  const { env, missing, stop } = await startAvailableServers(names, options);
  const reasons = Object.values(missing);
  if (reasons.length === 0) return { env, stop };
  await stop();
  throw new Error(reasons.join('\n'));
}

/**
 * Brings up those of the named servers that can be had, side by side, and keeps them until `stop`, or until this process
 * ends in whatever way (a signal, an uncaught error, kill -9 on Linux). Rejects a name that there is not.
 * @param {string[]} names
 * @param {StartOptions} [options]
 * @returns {Promise<Started>}
 */
export function startAvailableServers(names, options = {}) {
  return startEach(serversNamed(names), options);
}

/**
 * @param {import('./lifecycle.mjs').Server[]} wanted
 * @param {StartOptions} options
 * @returns {Promise<Started>}
 */
export async function startEach(wanted, { log = toStderr, signals = true }) {
  const interruption = new AbortController();
  /** @type {import('./lifecycle.mjs').Running[]} */
  const running = [];
  const settled = Promise.allSettled(
    wanted.map(async (server) => running.push(await obtain(server, { log, signal: interruption.signal }))),
  );

  /** @type {Promise<void> | undefined} */
  let stopping;
  const stop = ({ failed = false } = {}) => (stopping ??= stopAll(failed));
  const stopAll = async (/** @type {boolean} */ failed) => {
    interruption.abort();
    await settled;
    await Promise.all(
      running.map(async ({ name, handle }) => {
        if (!handle) return;
        await stopServer(handle, { keepLog: failed });
        if (failed) log(`${name}: its log is ${handle.log}`);
      }),
    );
    release();
  };
  const release = stopAtTheEnd(stop, log, signals);

  const results = await settled;
  const missing = Object.fromEntries(
    wanted.flatMap(({ name }, index) => {
      const result = results[index];
      return result?.status === 'rejected' ? [[name, String(result.reason?.message)]] : [];
    }),
  );
  return { env: Object.assign({}, ...running.map(({ env }) => env)), missing, stop };
}

/**
 * Stops the servers before a signal or an uncaught error ends this process as it would have.
 * @param {(options: {failed: boolean}) => Promise<void>} stop
 * @param {(line: string) => void} log
 * @param {boolean} bySignals
 * @returns {() => void} takes the handlers away again
 */
function stopAtTheEnd(stop, log, bySignals) {
  const signals = bySignals ? /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']) : [];
  const onSignal = async (/** @type {NodeJS.Signals} */ signal) => {
    log(`${signal}: stopping`);
    await stop({ failed: false });
    process.kill(process.pid, signal);
  };
  const onError = async (/** @type {Error} */ error) => {
    log(`uncaught: ${error?.stack ?? error}`);
    await stop({ failed: true });
    process.exit(1);
  };
  signals.forEach((signal) => process.on(signal, onSignal));
  process.on('uncaughtException', onError);
  return () => {
    signals.forEach((signal) => process.off(signal, onSignal));
    process.off('uncaughtException', onError);
  };
}
