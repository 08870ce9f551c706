import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { servers } from '../servers/index.mjs';
import { root } from './checkout.mjs';

/** What comes promptly, which a suite without a row of its own gets. */
const prompt = servers.filter(({ slow }) => !slow).map(({ name }) => name);
const slow = new Set(servers.filter((server) => server.slow).map(({ name }) => name));

const redis = ['redis', 'redis-tls', 'redis-cluster'];
const jdbc = ['postgresql', 'mariadb', 'h2'];

/**
 * The servers that the suites below a path need; the longest path that matches counts. A suite sees the addresses of these
 * and of no others (suite-environment.mjs), so a row that names too little shows at once. `npm test` starts what the
 * chosen suites need, and runs those that need what is slow to get after the others.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const suiteServers = {
  'apps/e2e/src/': prompt,
  'apps/e2e/src/bench-cache': ['kafka', 'postgresql', 'redis', 'vault'],
  'apps/e2e/src/bench-kafka': ['kafka', 'postgresql'],
  'apps/e2e/src/bench.': ['postgresql'],
  'apps/e2e/src/broker.': ['kafka', 'postgresql'],
  'apps/e2e/src/cache-expiry.': ['kafka', 'postgresql', 'redis', 'vault'],
  'apps/e2e/src/cache-load.': ['kafka', 'postgresql', 'redis'],
  'apps/e2e/src/cache-outages/': ['kafka', 'postgresql', 'redis'],
  'apps/e2e/src/canary.': ['postgresql', 'mariadb'],
  'apps/e2e/src/catalogue.': [],
  'apps/e2e/src/chaos.': ['kafka', 'postgresql'],
  'apps/e2e/src/api/dead-letters.': [],
  'apps/e2e/src/distributed-poison.': ['kafka', 'postgresql'],
  'apps/e2e/src/distributed.': ['kafka', 'postgresql', 'mariadb'],
  'apps/e2e/src/api/faults/': [],
  'apps/e2e/src/api/faults/database-out-of-reach': ['postgresql', 'mariadb'],
  'apps/e2e/src/api/faults/terminated-backends': ['kafka', 'postgresql'],
  'apps/e2e/src/harness/': [],
  'apps/e2e/src/hit-network.': ['kafka', 'postgresql', 'redis'],
  'apps/e2e/src/kill9.': [],
  'apps/e2e/src/api/life-of-access.': [],
  'apps/e2e/src/api/life-of-a-secret': ['postgresql', 'mariadb'],
  'apps/e2e/src/replay.': ['kafka', 'postgresql'],
  'apps/e2e/src/api/several-instances': ['moto'],
  'apps/e2e/src/soak.': ['kafka', 'postgresql', 'redis'],
  'apps/e2e/src/store-faults': [...prompt, 'vault'],
  'apps/e2e/src/stores': [...prompt, 'vault'],
  'libs/': prompt,
  'libs/backends/aws-secrets-manager/': ['moto'],
  'libs/backends/azure-key-vault/': ['azure-key-vault'],
  'libs/backends/elasticsearch/': ['elasticsearch'],
  'libs/backends/google-secret-manager/': ['google-secret-manager'],
  'libs/backends/jdbc/': jdbc,
  'libs/backends/jdbc/src/h2': ['h2'],
  // It starts a PostgreSQL of its own, by the programs that come with this one.
  'libs/backends/jdbc/src/mutual-tls': ['postgresql'],
  'libs/backends/jdbc/src/mysql': ['mariadb'],
  'libs/backends/jdbc/src/postgresql': ['postgresql'],
  'libs/backends/registry/src/facade-over-google-secret-manager': ['google-secret-manager'],
  'libs/backends/registry/src/open-aws-secret-manager': ['moto'],
  'libs/backends/vault-kv2/': ['vault'],
  'libs/cache/src/redis/': redis,
  'libs/messaging/src/kafka/': ['kafka'],
};

/** @param {string} suite its path in the repository @returns {readonly string[]} */
export function serversOf(suite) {
  const paths = Object.keys(suiteServers).filter((path) => suite.startsWith(path));
  const longest = paths.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? prompt : (suiteServers[longest] ?? []);
}

/** Whether a suite needs what may take minutes to get. @param {string} suite its path in the repository */
export const isLate = (suite) => serversOf(suite).some((name) => slow.has(name));

/** @returns {string[]} the paths in the repository of all suites that may need servers */
export const integrationSuites = () =>
  globSync('{apps,libs}/**/*.it.spec.ts', { cwd: root, exclude: ['**/node_modules', '**/dist'] });

/** @param {readonly string[]} suites absolute paths @returns {string[]} the servers that they need, each once */
export const serversNeeded = (suites) => [...new Set(suites.flatMap((suite) => serversOf(relative(root, suite))))];
