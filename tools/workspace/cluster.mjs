import './require-node.mjs';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startServers } from '../servers/index.mjs';
import { buildIfStale } from './build.mjs';
import { root } from './checkout.mjs';
import { endWithNpm } from './end-with-npm.mjs';

const help = `The distributed system on this machine, without Docker, in the foreground.

  npm run cluster -- --store jdbc-postgresql --gateways 2 --workers 2 --invalidators 2

  --store NAME        jdbc-postgresql (default) or jdbc-mysql
  --gateways N        default 2
  --workers N         default 2
  --invalidators N    default 2
  --help              this text

Starts Kafka and the store (addresses in the environment first: see npm run servers -- --help), then the services, each a
process. When all are ready it prints one line of JSON: the gateways' addresses, a token, each process's role, pid and
port, and the addresses of Kafka and the store. Ctrl-C ends all of it; a process that dies is reported and not restarted.`;

/** @type {Record<string, {server: string, variable: string, jdbc: (url: URL) => string, datasource: string}>} */
const stores = {
  'jdbc-postgresql': {
    server: 'postgresql',
    variable: 'COFFER_TEST_POSTGRESQL_URL',
    jdbc: ({ host, pathname }) => `jdbc:postgresql://${host}${pathname}`,
    datasource: 'postgres',
  },
  'jdbc-mysql': {
    server: 'mariadb',
    variable: 'COFFER_TEST_MARIADB_URL',
    jdbc: ({ host, pathname }) => `jdbc:mariadb://${host}${pathname}`,
    datasource: 'mysql',
  },
};

const roles = /** @type {const} */ ({
  invalidators: { role: 'cache-invalidator', main: 'apps/cache-invalidator/dist/main.js' },
  workers: { role: 'secret-worker', main: 'apps/secret-worker/dist/main.js' },
  gateways: { role: 'gateway', main: 'apps/gateway/dist/main.js' },
});

const tell = (/** @type {string} */ line) => process.stderr.write(`cluster: ${line}\n`);

/** @typedef {{role: string, pid: number, port: number, address: string}} Started */

/** @param {string[]} argv */
function readArguments(argv) {
  const count = /** @type {const} */ ({ type: 'string', default: '2' });
  const { values } = parseArgs({
    args: argv,
    options: {
      gateways: count,
      workers: count,
      invalidators: count,
      store: { type: 'string', default: 'jdbc-postgresql' },
      help: { type: 'boolean' },
    },
  });
  const store = stores[String(values.store)];
  if (!store) throw new Error(`there is no store "${values.store}"; there are: ${Object.keys(stores).join(', ')}`);
  const wanted = /** @type {(keyof typeof roles)[]} */ (Object.keys(roles)).flatMap((name) => {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1`);
    return Array.from({ length: number }, () => roles[name]);
  });
  return { help: values.help === true, store, wanted };
}

/**
 * The configuration that all processes share, and a token that may do everything.
 * @param {(typeof stores)[string]} store
 * @param {Record<string, string>} env
 */
async function configure(store, env) {
  const require = createRequire(join(root, 'apps/standalone/package.json'));
  const { KeyRing } = require('@coffer/crypto');
  const { createAccessToken, hashAccessToken, PERMISSIONS } = require('@coffer/access');
  const { SecretValue } = require('@coffer/secrets');
  const secret = randomBytes(32).toString('base64');
  const ring = await KeyRing.derive([{ id: 'cluster', secret: new SecretValue(secret), active: true }]);
  const token = createAccessToken();
  const url = new URL(env[store.variable]);
  const brokers = env.COFFER_TEST_KAFKA_BROKERS;
  const grants = [{ tenant: '*', namespace: '*', permissions: PERMISSIONS }];
  const configuration = {
    kestra: {
      secret: { type: 'jdbc', jdbc: { secret: randomBytes(24).toString('hex') } },
      kafka: {
        client: { properties: { 'bootstrap.servers': brokers } },
        defaults: { topic: { 'replication-factor': 1 } },
      },
    },
    datasources: {
      [store.datasource]: {
        url: store.jdbc(url),
        username: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
      },
    },
    coffer: {
      encryption: { keys: [{ id: 'cluster', secret, active: true }] },
      access: { tokens: [{ id: 'cluster', hash: hashAccessToken(ring, token), grants }] },
      server: { host: '127.0.0.1', port: 0 },
    },
  };
  return { text: JSON.stringify(configuration), token: token.reveal(), kafka: brokers, store: store.jdbc(url) };
}

/**
 * Starts a service and resolves when it is ready.
 * @param {(typeof roles)[keyof typeof roles]} service
 * @param {string} file
 * @param {string} folder
 * @param {(child: import('node:child_process').ChildProcess, role: string) => void} begun
 * @returns {Promise<Started>}
 */
function start({ role, main }, file, folder, begun) {
  const flags = ['--disable-warning=TimeoutNegativeWarning', '--disable-sigusr1', join(root, main), '--config', file];
  const child = spawn(process.execPath, flags, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  begun(child, role);
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${role} (pid ${child.pid}) ended before it was ready`)));
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) }).on('line', (line) => {
      const address = /^ready (http:\S+)$/.exec(line)?.[1];
      if (!address) return void process.stderr.write(`${role} ${child.pid}: ${line}\n`);
      resolve({ role, pid: child.pid ?? 0, port: Number(new URL(address).port), address });
    });
  });
}

const main = async () => {
  const { help: wantsHelp, store, wanted } = readArguments(process.argv.slice(2));
  if (wantsHelp) return void process.stdout.write(`${help}\n`);
  /** @type {Set<import('node:child_process').ChildProcess>} */
  const children = new Set();
  const folder = mkdtempSync(join(tmpdir(), 'coffer-cluster-'));
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await Promise.all(
      [...children].map((child) => {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        return gone;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
  endWithNpm();
  const ended = new Promise((resolve) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, resolve)));
  const [servers] = await Promise.all([
    startServers(['kafka', store.server], { log: tell, signals: false }),
    buildIfStale({ log: tell }),
  ]);
  try {
    const { text, token, kafka, store: address } = await configure(store, servers.env);
    const file = join(folder, 'coffer.json');
    writeFileSync(file, text, { mode: 0o600 });
    const begun = (/** @type {import('node:child_process').ChildProcess} */ child, /** @type {string} */ role) => {
      children.add(child);
      child.once('exit', (code, signal) => {
        children.delete(child);
        if (!ending) tell(`${role} (pid ${child.pid}) ended with ${signal ?? `code ${code}`}; it is not restarted`);
      });
    };
    const processes = await Promise.all(wanted.map((service) => start(service, file, folder, begun)));
    const gateways = processes.filter(({ role }) => role === 'gateway').map((gateway) => gateway.address);
    const shown = processes.map(({ role, pid, port }) => ({ role, pid, port }));
    process.stdout.write(`${JSON.stringify({ gateways, token, processes: shown, kafka, store: address })}\n`);
    await ended;
  } finally {
    await end();
    await servers.stop();
  }
};

main().then(
  () => process.exit(),
  (error) => {
    tell(error.message);
    process.exit(1);
  },
);
