/** @servers kafka postgresql redis */
import { randomBytes } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Admin } from 'kafkajs';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { KeyRing } from '@coffer/crypto';
import { DEFAULT_TOPOLOGY, openKafkaMessaging, REVOCATIONS_TOPIC, TOPICS } from '@coffer/messaging';
import { REVOCATION_RETENTION_MS } from '@coffer/service';
import { SecretValue, systemClock } from '@coffer/secrets';
import { Cluster, startAuthorizedBroker, type KillableServer, type Role } from '../../cluster/index.js';
import { until, type Api } from '../../harness/index.js';
import { documentedAcls } from './documented-acls.js';

jest.setTimeout(600_000);

const READY_TIMEOUT_MS = 120_000;
const PRINCIPALS = ['admin', 'coffer-gateway', 'coffer-worker', 'coffer-coordinator', 'stranger'] as const;
type Principal = (typeof PRINCIPALS)[number];
const PRINCIPAL_OF: Readonly<Record<Role, Principal>> = {
  gateway: 'coffer-gateway',
  'secret-worker': 'coffer-worker',
  'cache-invalidator': 'coffer-coordinator',
};

const passwords = Object.fromEntries(PRINCIPALS.map((name) => [name, randomBytes(12).toString('hex')])) as Record<
  Principal,
  string
>;
let broker: KillableServer;
let cluster: Cluster;

const brokers = (): string[] => (broker.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(',');
const clientOf = (principal: Principal): Kafka =>
  new Kafka({
    brokers: brokers(),
    sasl: { mechanism: 'plain', username: principal, password: passwords[principal] },
    logLevel: logLevel.NOTHING,
    retry: { retries: 2 },
  });

/** As whoever looks after the broker does, before the roles are let in. */
const makeTopics = async (admin: Admin): Promise<void> => {
  const secret = new SecretValue(randomBytes(32).toString('base64'));
  const { close } = await openKafkaMessaging({
    configuration: {
      brokers: brokers(),
      topic: { replicationFactor: 1 },
      sasl: { mechanism: 'plain', username: 'admin', password: new SecretValue(passwords.admin) },
    },
    topology: DEFAULT_TOPOLOGY,
    windowMs: DEFAULT_TIMING.windowMs,
    clock: systemClock,
    ring: await KeyRing.derive([{ id: 'k', secret, active: true }]),
    revocations: { retentionMs: REVOCATION_RETENTION_MS, onRefused: () => undefined },
    log: () => undefined,
    onFatal: () => undefined,
  });
  await close();
  await admin.createAcls({ acl: documentedAcls() });
};

/** One of each role, each under its own principal. */
const start = async (role: Role): Promise<Api> => {
  const principal = PRINCIPAL_OF[role];
  const env = { KAFKA_USER: principal, KAFKA_PASSWORD: passwords[principal] };
  return cluster.client(await cluster.start(role, env));
};

beforeAll(async () => {
  broker = await startAuthorizedBroker(passwords);
  const admin = clientOf('admin').admin();
  await admin.connect();
  await makeTopics(admin);
  await admin.disconnect();
  cluster = await Cluster.open({
    broker,
    counts: { gateway: 0, 'secret-worker': 0, 'cache-invalidator': 0 },
    cache: {},
    settings: {
      kafka: {
        client: {
          properties: {
            'bootstrap.servers': brokers().join(','),
            'security.protocol': 'SASL_PLAINTEXT',
            'sasl.mechanism': 'PLAIN',
            'sasl.jaas.config':
              'org.apache.kafka.common.security.plain.PlainLoginModule required username="${KAFKA_USER}" password="${KAFKA_PASSWORD}";',
          },
        },
        defaults: { topic: { 'replication-factor': 1 } },
      },
    },
  });
});
// Its broker is stopped with it.
afterAll(() => cluster?.close());

/** What the broker answers to a record: its error's type, or nothing where it takes it. */
const refusalOf = async (principal: Principal, topic: string, idempotent: boolean): Promise<string | undefined> => {
  const producer = clientOf(principal).producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ partition: 0, key: 'k', value: 'forged' }] });
    return undefined;
  } catch (error) {
    return (error as { type?: string }).type ?? (error as Error).message;
  } finally {
    await producer.disconnect();
  }
};

it('all roles write, read from a cache and list dead letters under the ACLs that the docs give each of them', async () => {
  await start('cache-invalidator');
  await start('secret-worker');
  const gateway = await start('gateway');
  await until(
    'a write goes through',
    async () => (await gateway.put('company.team', { key: 'KEY', value: 'hunter2' })).status === 200,
    READY_TIMEOUT_MS,
  );
  await until(
    'a read is answered from a cache',
    async () => {
      expect((await gateway.value('company.team', 'KEY')).json()['value']).toBe('hunter2');
      const metrics = (await gateway.call('GET', '/metrics')).text;
      return /coffer_cache_reads_total\{[^}]*source="l1"[^}]*\} [1-9]/.test(metrics);
    },
    READY_TIMEOUT_MS,
  );
  expect((await gateway.call('GET', '/coffer/v1/main/dead-letters')).status).toBe(200);
  expect(cluster.output).not.toMatch(/authoriz/i);
});

it('a principal can write what is its role’s alone', async () => {
  const may: Readonly<Record<string, readonly Principal[]>> = {
    [TOPICS.mutations]: ['coffer-gateway'],
    [TOPICS.coherence]: ['coffer-worker', 'coffer-coordinator'],
    [TOPICS.deadLetters]: ['coffer-gateway', 'coffer-worker'],
    [REVOCATIONS_TOPIC]: ['coffer-gateway'],
  };
  for (const [topic, writers] of Object.entries(may)) {
    for (const principal of PRINCIPALS.filter((name) => name !== 'admin')) {
      const refused = [await refusalOf(principal, topic, false), await refusalOf(principal, topic, true)];
      const found = refused.map((type) => type === undefined);
      expect([topic, principal, found]).toEqual([topic, principal, refused.map(() => writers.includes(principal))]);
    }
  }
});

it('what somebody wrote who may write to a topic is passed over, and writes go on', async () => {
  const gateway = await start('gateway');
  await until(
    'a write goes through',
    async () => (await gateway.put('company.team', { key: 'KEY', value: 'hunter3' })).status === 200,
    READY_TIMEOUT_MS,
  );
  await until(
    'the forged records are counted',
    async () => /refused_total\{reason="unsigned"\} [1-9]/.test((await gateway.call('GET', '/metrics')).text),
    READY_TIMEOUT_MS,
  );
  expect((await gateway.value('company.team', 'KEY')).json()['value']).toBe('hunter3');
});
