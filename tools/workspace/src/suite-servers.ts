import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { servers } from '@coffer/test-servers';
import { root } from './checkout.ts';
import { properties } from './properties.ts';

/** What comes promptly, which a suite without a row of its own gets. */
const prompt = servers.filter(({ slow }) => !slow).map(({ name }) => name);
const slow = new Set(servers.filter((server) => server.slow).map(({ name }) => name));

const redis = ['redis', 'redis-tls', 'redis-cluster'];
const jdbc = ['postgresql', 'mariadb', 'h2'];

/**
 * The servers that the suites below a path need; the longest path that matches counts. A property of apps/e2e declares its
 * own, and any other suite may do so in its first comment (`@servers postgresql moto`, or `@servers none`). A suite sees the addresses of these
 * and of no others (suite-environment.ts), so a row that names too little shows at once. `npm test` starts what the
 * chosen suites need, and runs those that need what is slow to get after the others.
 */
export const suiteServers: Readonly<Record<string, readonly string[]>> = {
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
  'libs/backends/vault-kv2/': ['vault'],
  'libs/cache/src/redis/': redis,
  'libs/messaging/src/kafka/': ['kafka'],
};

const declared = new Map(properties().map((property) => [property.file, property]));

/** `suite`: its path in the repository. Returns what its first comment says. */
function serversSaid(suite: string): readonly string[] | undefined {
  const [, names] = /^\/\*\*[^]*?@servers ([^\n*]+)/.exec(firstComment(suite)) ?? [];
  return names
    ?.trim()
    .split(' ')
    .filter((name) => name !== 'none');
}

/** `suite`: its path in the repository; it may be absent. */
function firstComment(suite: string) {
  try {
    return /^\/\*\*[^]*?\*\//.exec(readFileSync(join(root, suite), 'utf8'))?.[0] ?? '';
  } catch {
    return '';
  }
}

/** `suite`: its path in the repository. */
export function serversOf(suite: string): readonly string[] {
  const property = declared.get(suite);
  if (property) return [...property.servers, ...property.ownServers];
  const said = serversSaid(suite);
  if (said) return said;
  const paths = Object.keys(suiteServers).filter((path) => suite.startsWith(path));
  const longest = paths.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? prompt : (suiteServers[longest] ?? []);
}

/** Whether a suite needs what may take minutes to get. `suite`: its path in the repository. */
export const isLate = (suite: string) => serversOf(suite).some((name) => slow.has(name));

/** Whether an argument of this process names the suite, or a folder of it. */
const isNamed = (suite: string) =>
  process.argv
    .slice(2)
    .some((argument) => !argument.startsWith('-') && argument.includes('/') && suite.includes(argument));

/**
 * Returns the paths in the repository of all suites that may need servers. One whose first comment says `@named` needs what not
 * every machine has, or takes long for what others show in short, and is among them only where an argument names it.
 */
export const integrationSuites = (): string[] =>
  [
    ...globSync('{apps,libs}/**/*.it.spec.ts', { cwd: root, exclude: ['**/node_modules', '**/dist'] }),
    ...[...declared.values()].filter(({ suite }) => suite).map(({ file }) => file),
  ].filter((suite) => !firstComment(suite).includes('@named') || isNamed(suite));

/** The servers that some suites, by their paths in the repository, need, each once. */
export const serversNeeded = (suites: readonly string[]): string[] => [...new Set(suites.flatMap(serversOf))];
