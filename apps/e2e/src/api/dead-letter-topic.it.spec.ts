/** @servers kafka postgresql */
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { DEFAULT_TOPOLOGY, partitionOf, TOPICS } from '@coffer/messaging';
import { SecretPath } from '@coffer/secrets';
import { v7 as uuid } from 'uuid';
import { Cluster, metricsOf, RawTopics, seriesOf } from '../cluster/index.js';
import { until, type Api } from '../harness/index.js';

jest.setTimeout(600_000);

const LETTERS = '/coffer/v1/main/dead-letters';
const END_TIMEOUT_MS = 120_000;
/** What Coffer gives its topics. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

interface DeadLetter {
  readonly id: string;
  readonly operation: string;
  readonly code: string;
}

const path = SecretPath.of('main', 'company.team', 'KEY').toString();

let cluster: Cluster;
let gateway: Api;
let producer: Producer;
beforeAll(async () => {
  cluster = await Cluster.open({ counts: { gateway: 1, 'secret-worker': 1, 'cache-invalidator': 1 } });
  [gateway] = cluster.gateways as [Api];
  const kafka = new Kafka({ brokers: [...cluster.brokers], logLevel: logLevel.NOTHING });
  producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
});
afterAll(async () => {
  await producer.disconnect();
  await cluster.close();
});

const letters = async (): Promise<readonly DeadLetter[]> =>
  (await gateway.call('GET', `${LETTERS}?size=100`)).json<{ results: readonly DeadLetter[] }>().results;

/** A mutation that does not open, as anybody may append it. */
const append = async (operation: string, bytes: number): Promise<boolean> => {
  const headers = { schema: '1', operation, kind: 'put', path, fingerprint: '', 'sent-at': String(Date.now()) };
  const partition = partitionOf(path, DEFAULT_TOPOLOGY.partitions);
  const messages = [{ partition, key: path, headers, value: Buffer.alloc(bytes, 1) }];
  try {
    await producer.send({ topic: TOPICS.mutations, acks: -1, messages });
    return true;
  } catch (error) {
    if ((error as { readonly type?: string }).type === 'MESSAGE_TOO_LARGE') return false;
    throw error;
  }
};

const isListed = (operation: string): Promise<boolean> =>
  until(
    `${operation} is a dead letter`,
    async () => (await letters()).some((deadLetter) => deadLetter.operation === operation),
    END_TIMEOUT_MS,
  );

const writes = async (value: string): Promise<void> => {
  expect((await gateway.put('company.team', { key: 'KEY', value })).status).toBe(200);
  expect((await gateway.value('company.team', 'KEY')).json()).toMatchObject({ value });
};

it('a mutation that is as large as its topic takes becomes a dead letter, and its key goes on', async () => {
  const accepted: string[] = [];
  const takes = async (bytes: number): Promise<boolean> => {
    const operation = uuid();
    const taken = await append(operation, bytes);
    if (taken) accepted.push(operation);
    return taken;
  };
  let [taken, refused] = [MAX_MESSAGE_BYTES - 2_048, MAX_MESSAGE_BYTES];
  expect(await takes(taken)).toBe(true);
  expect(await takes(refused)).toBe(false);
  while (refused - taken > 1) {
    const middle = Math.floor((taken + refused) / 2);
    if (await takes(middle)) taken = middle;
    else refused = middle;
  }
  const small = uuid();
  await append(small, 100);
  for (const operation of [...accepted, small]) await isListed(operation);
  await writes('after the large ones');
  const largest = (await letters()).find(({ operation }) => operation === accepted.at(-1));
  const replay = await gateway.call('POST', `${LETTERS}/${largest?.id}/replay`);
  expect([replay.status, replay.text]).toEqual([
    502,
    expect.stringMatching(/too large for its topic.*write the secret/),
  ]);
  expect((await gateway.call('DELETE', `${LETTERS}/${largest?.id}`)).status).toBe(204);
  expect((await letters()).map(({ id }) => id)).not.toContain(largest?.id);
});

it('what nobody signed is counted and reported, and is no dead letter', async () => {
  const genuine = uuid();
  await append(genuine, 100);
  await isListed(genuine);
  const topics = await RawTopics.open(cluster.brokers);
  const before = await letters();
  const record = (await topics.dump(TOPICS.deadLetters)).findLast(
    ({ message }) => message.headers?.['operation']?.toString() === genuine,
  );
  if (record === undefined) throw new Error('the topic has no such letter');
  const id = record.message.key?.toString() ?? '';
  const other = '281474976710999-3';
  const { signature, ...headers } = record.message.headers ?? {};
  const messages = [
    { key: other, value: record.message.value, headers },
    { key: other, value: record.message.value, headers: { ...headers, signature } },
    { key: id, value: null },
    { key: id, value: null, headers: { signature } },
  ];
  for (const message of messages) await producer.send({ topic: TOPICS.deadLetters, messages: [message] });

  expect(await letters()).toEqual(before);
  expect((await gateway.call('POST', `${LETTERS}/${other}/replay`)).status).toBe(404);
  expect((await gateway.call('DELETE', `${LETTERS}/${other}`)).status).toBe(204);
  const text = await metricsOf(cluster.of('gateway')[0]!.address, cluster.token);
  expect(seriesOf(text, 'coffer_dead_letters_refused_total', 'reason')).toEqual({ unsigned: 2, forged: 2 });
  await until('it is logged', () => cluster.output.includes('ignored what is in the topic of dead letters'), 20_000);
  await topics.close();
});
