import { canInstall, installPackages } from './apt.ts';
import { authorityFile, certificates } from './redis/certificates.ts';
import { clusterScript } from './redis/cluster-script.ts';
import { settings, USERS } from './redis/settings.ts';
import { freePort, which } from './processes.ts';
import type { Server, Native } from './lifecycle.ts';
import type { Redis } from 'ioredis';

/** `prefix`: of the variables: `_URL` for Coffer's own account, `_ADMIN_URL` for one that may do everything. */
const known = (
  prefix: string,
  scheme: 'redis' | 'rediss',
): Pick<Server, 'variables' | 'fromEnvironment' | 'address'> => {
  const [own, admin, authority] = [`${prefix}_URL`, `${prefix}_ADMIN_URL`, `${prefix}_CA`];
  const variables = scheme === 'rediss' ? [own, admin, authority] : [own, admin];
  return {
    variables,
    fromEnvironment: (env) =>
      env[own]
        ? Object.fromEntries(variables.flatMap((name) => (env[name] ? [[name, `${env[name]}`]] : [])))
        : undefined,
    address: (port, password) => ({
      [own]: `${scheme}://${USERS.coffer}:${password}@127.0.0.1:${port}`,
      [admin]: `${scheme}://${USERS.admin}:${password}@127.0.0.1:${port}`,
      ...(scheme === 'rediss' ? { [authority]: authorityFile() } : {}),
    }),
  };
};

const connect =
  (prefix: string): ((address: Record<string, string>) => Promise<Redis>) =>
  async (address) => {
    const { Redis } = await import('ioredis');
    const { readFileSync } = await import('node:fs');
    const ca = address[`${prefix}_CA`];
    const client = new Redis(address[`${prefix}_URL`] ?? '', {
      ...{ lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000, commandTimeout: 5_000 },
      ...(ca ? { tls: { ca: readFileSync(ca) } } : {}),
    });
    client.on('error', () => undefined);
    return client;
  };

const fromPackage: Omit<Native, 'start'> = {
  accounts: ['redis'],
  packages: 'redis-server',
  available() {
    const server = which('redis-server');
    return server ? { version: `Redis in ${server}` } : undefined;
  },
  async install(log) {
    if (!canInstall()) throw new Error('Redis is not installed here');
    await installPackages([['redis-server']], log);
  },
};

const answers =
  (prefix: string): Server['ready'] =>
  async (address) => {
    const client = await connect(prefix)(address);
    try {
      await client.connect();
      await client.ping();
    } finally {
      client.disconnect();
    }
  };

const server = () => which('redis-server') ?? '';
const signals = { orderly: 'SIGTERM', abrupt: 'SIGKILL' } as const;

/**
 * One node, in clear. Nothing is kept over a kill but what the admin account saved with SAVE, so that a node that
 * comes back (see `obtainKillable`) may be empty or old.
 */
export const redis: Server = {
  name: 'redis',
  ...known('COFFER_TEST_REDIS', 'redis'),
  signals,
  ready: answers('COFFER_TEST_REDIS'),
  docker: {
    image: 'redis:7.4.7',
    port: 6379,
    args: ['sh', '-c', 'printf "%s" "$COFFER_REDIS_CONF" > /tmp/redis.conf; exec redis-server /tmp/redis.conf'],
    environment: (password) => ({
      COFFER_REDIS_CONF: settings({ port: 6379, dir: '/tmp', password, bind: '0.0.0.0' }),
    }),
  },
  native: {
    ...fromPackage,
    async start(dir, port, { password, place }) {
      return { command: server(), args: [await place('redis.conf', settings({ port, dir, password }))] };
    },
  },
};

/** One node that speaks nothing but TLS. */
export const redisTls: Server = {
  name: 'redis-tls',
  ...known('COFFER_TEST_REDIS_TLS', 'rediss'),
  signals,
  ready: answers('COFFER_TEST_REDIS_TLS'),
  native: {
    ...fromPackage,
    async start(dir, port, { password, place }) {
      const { readFileSync } = await import('node:fs');
      const made = certificates();
      const tls = {
        ca: await place('ca.pem', readFileSync(made.ca, 'utf8')),
        certificate: await place('server.pem', readFileSync(made.certificate, 'utf8')),
        key: await place('server.key', readFileSync(made.key, 'utf8')),
      };
      return { command: server(), args: [await place('redis.conf', settings({ port, dir, password, tls }))] };
    },
  },
};

/** Three masters without replicas under one shell; the address names the first. */
export const redisCluster: Server = {
  name: 'redis-cluster',
  ...known('COFFER_TEST_REDIS_CLUSTER', 'redis'),
  signals,
  async ready(address) {
    const client = await connect('COFFER_TEST_REDIS_CLUSTER')(address);
    try {
      await client.connect();
      const state = await client.cluster('INFO');
      if (!state.includes('cluster_state:ok')) throw new Error('the nodes have not joined yet');
    } finally {
      client.disconnect();
    }
  },
  native: {
    ...fromPackage,
    async start(dir, port, { password, place }) {
      const ports = [port, await freePort(), await freePort()];
      const files = [];
      for (const each of ports) {
        const bus = await freePort();
        files.push(await place(`${each}.conf`, settings({ port: each, dir, password, bus })));
      }
      const script = clusterScript({ server: server(), client: which('redis-cli') ?? '', ports, files, password });
      return { command: '/bin/sh', args: [await place('run.sh', script)] };
    },
  },
};
