/** @servers kafka */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Authority, type Certificate } from '@coffer/backend-conformance/certificates';
import { DEFAULT_TIMING } from '@coffer/coherence';
import { loadConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { connectionAdvice, openKafkaMessaging } from '@coffer/messaging';
import { CofferError, SecretValue, systemClock } from '@coffer/secrets';
import { startTlsBroker, type KillableServer } from '../../cluster/index.js';
import { freePort, removeFolder, scratchFolder } from '../../harness/index.js';

// Starts a broker, on machines that may be busy.
jest.setTimeout(360_000);

const folder = scratchFolder();
const authority = new Authority(folder, 'authority');
const foreign = new Authority(folder, 'foreign');
const USER = { name: 'coffer', password: randomBytes(12).toString('hex') };
const read = (file: string): string => readFileSync(file, 'utf8');

let broker: KillableServer;
let port: string;
let mutualPort: number;
beforeAll(async () => {
  mutualPort = await freePort();
  const { certFile, keyFile } = authority.issue('broker', { alternative: 'IP:127.0.0.1' });
  const tls = { certificate: read(certFile), key: read(keyFile), authority: read(authority.caFile) };
  broker = await startTlsBroker({ tls, user: USER, mutualPort });
  port = (broker.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(':')[1] ?? '';
});
afterAll(async () => {
  await broker?.stop();
  removeFolder(folder);
});

type Properties = Readonly<Record<string, string>>;

const trust = (file: string): Properties => ({ 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': file });
const scram = (password = USER.password): Properties => ({
  'bootstrap.servers': `127.0.0.1:${port}`,
  'security.protocol': 'SASL_SSL',
  'sasl.mechanism': 'SCRAM-SHA-512',
  'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${USER.name}" password="${password}";`,
  ...trust(authority.caFile),
});
const mutual = (own?: Certificate): Properties => ({
  'bootstrap.servers': `127.0.0.1:${mutualPort}`,
  'security.protocol': 'SSL',
  ...trust(authority.caFile),
  ...(own && {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': read(own.certFile),
    'ssl.keystore.key': read(own.keyFile),
  }),
});

/** Opens what every process has, by Kestra's names; makes the topics, and appends a record to the log. */
const use = async (properties: Properties): Promise<void> => {
  const text = JSON.stringify({
    kestra: { kafka: { client: { properties }, defaults: { topic: { 'replication-factor': 1 } } } },
  });
  const { kafka } = loadConfiguration({ env: {}, argv: ['--config', 'c.yml'], readFile: fileOr(text) });
  if (kafka === undefined) throw new CofferError('configuration', 'the test configures Kafka');
  const secret = new SecretValue(Buffer.alloc(32, 7).toString('base64'));
  const { messaging, close } = await openKafkaMessaging({
    configuration: kafka,
    topology: { partitions: 1, shards: 1 },
    windowMs: DEFAULT_TIMING.windowMs,
    clock: systemClock,
    ring: await KeyRing.derive([{ id: 'k', secret, active: true }]),
    log: () => undefined,
    onFatal: () => undefined,
  });
  try {
    await messaging.log.append(0, { type: 'EPOCH', claim: 'test' });
  } finally {
    await close();
  }
};
const fileOr =
  (text: string) =>
  (path: string): string =>
    path.endsWith('c.yml') ? text : read(path);

const outcomeOf = (properties: Properties): Promise<string> =>
  use(properties).then(
    () => 'let in',
    (error: unknown) => connectionAdvice(error) ?? `without advice: ${String(error)}`,
  );

it.each<[string, () => Properties]>([
  ['SCRAM-SHA-512 over TLS', () => scram()],
  ['a client certificate', () => mutual(authority.issue('coffer'))],
])('appends to the log by %s', async (_what, properties) => {
  expect(await outcomeOf(properties())).toBe('let in');
});

it.each<[string, () => Properties, string]>([
  ['a wrong password', () => scram('wrong'), 'sasl.jaas.config'],
  [
    'an authority that did not sign the broker’s certificate',
    () => ({ ...scram(), ...trust(foreign.caFile) }),
    'ssl.truststore.location',
  ],
  [
    'a host that the certificate does not name',
    () => ({ ...scram(), 'bootstrap.servers': `localhost:${port}` }),
    'bootstrap.servers',
  ],
  ['no client certificate', () => mutual(), 'ssl.keystore.location'],
  ['a client certificate of another authority', () => mutual(foreign.issue('coffer')), 'ssl.keystore.location'],
  [
    'a client certificate that has expired',
    () => mutual(authority.issue('coffer', { days: -1 })),
    'ssl.keystore.location',
  ],
])('%s is refused, and the setting is named', async (_what, properties, setting) => {
  expect(await outcomeOf(properties())).toContain(setting);
});
