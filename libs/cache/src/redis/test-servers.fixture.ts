import { readFileSync } from 'node:fs';
import { KeyRing } from '@coffer/crypto';
import { SecretValue } from '@coffer/secrets';
import { Cluster, Redis } from 'ioredis';
import type { RedisSettings } from './connection.js';

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`set ${name}, or run \`npm test\`, which brings Redis up`);
  return value;
};

export interface TestServer {
  readonly name: string;
  readonly settings: () => RedisSettings;
  /** Every key with its value and remaining time to live, by an account that may look. */
  dump(): Promise<{ readonly key: string; readonly value: Buffer; readonly ttlMs: number }[]>;
}

const urlOf = (name: string) => new SecretValue(variable(name));

const dumpOf = async (nodes: readonly Redis[]): Promise<Awaited<ReturnType<TestServer['dump']>>> => {
  const found = await Promise.all(
    nodes.map(async (node) => {
      const keys = await node.keys('*');
      return Promise.all(
        keys.map(async (key) => ({
          key,
          value: (await node.getBuffer(key)) ?? Buffer.alloc(0),
          ttlMs: await node.pttl(key),
        })),
      );
    }),
  );
  return found.flat();
};

/** The URL of the account that may do everything. */
export const adminOf = (name: string, ca?: string): Redis =>
  new Redis(variable(`${name}_ADMIN_URL`), { protocol: 2, ...(ca === undefined ? {} : { tls: { ca } }) });

const single = (name: string, prefix: string, authority: () => string | undefined): TestServer => ({
  name,
  settings: () => {
    const ca = authority();
    return { url: urlOf(`${prefix}_URL`), cluster: false, ...(ca === undefined ? {} : { ca }) };
  },
  dump: async () => {
    const admin = adminOf(prefix, authority());
    try {
      return await dumpOf([admin]);
    } finally {
      admin.disconnect();
    }
  },
});

const ca = (): string => readFileSync(variable('COFFER_TEST_REDIS_TLS_CA'), 'utf8');

export const single1 = single('redis', 'COFFER_TEST_REDIS', () => undefined);

export const SERVERS: readonly TestServer[] = [
  single1,
  single('redis by TLS', 'COFFER_TEST_REDIS_TLS', ca),
  {
    name: 'redis cluster',
    settings: () => ({ url: urlOf('COFFER_TEST_REDIS_CLUSTER_URL'), cluster: true }),
    dump: async () => {
      const { hostname, port, username, password } = new URL(variable('COFFER_TEST_REDIS_CLUSTER_ADMIN_URL'));
      const cluster = new Cluster([{ host: hostname, port: Number(port) }], { redisOptions: { username, password } });
      try {
        await cluster.ping();
        return await dumpOf(cluster.nodes('master'));
      } finally {
        cluster.disconnect();
      }
    },
  },
];

export const newRing = (id = 'k1', seed = 'x'): Promise<KeyRing> =>
  KeyRing.derive([{ id, active: true, secret: new SecretValue(Buffer.alloc(32, seed).toString('base64')) }]);
