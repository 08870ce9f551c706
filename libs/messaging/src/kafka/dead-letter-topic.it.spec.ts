import { randomUUID } from 'node:crypto';
import { KeyRing } from '@coffer/crypto';
import { fenceOf, SecretValue, systemClock } from '@coffer/secrets';
import { ConfigResourceTypes, type Admin, type Message } from 'kafkajs';
import { deadLetterId, summaryOf, type DeadLetter } from '../contract/dead-letters.js';
import { mutation, ringOf } from '../suite/examples.js';
import { connectKafka } from './connection.js';
import { DeadLetterAuthenticator } from './dead-letter-authenticator.js';
import { encodeDeadLetter } from './dead-letter-codec.js';
import { openKafkaMessaging, type OpenKafkaMessaging } from './kafka-messaging.js';

const MIB = 1_048_576;

const configuration = () => {
  const addresses = process.env['COFFER_TEST_KAFKA_BROKERS'];
  if (addresses === undefined)
    throw new Error('set COFFER_TEST_KAFKA_BROKERS, or run `npm test`, which brings Kafka up');
  return { brokers: addresses.split(','), topic: { replicationFactor: 1 } };
};

const deadLetter = (offset: bigint): DeadLetter => ({
  id: deadLetterId(fenceOf(1, offset), 0),
  mutation: mutation('main/ns/key', `operation ${offset}`),
  code: 'invalid',
  time: 0,
});

describe('the topic of dead letters', () => {
  const evicted: string[] = [];
  const refused: string[] = [];
  let topic: string;
  let admin: Admin;
  let open: OpenKafkaMessaging;
  let ring: KeyRing;
  beforeEach(async () => {
    const name = randomUUID();
    topic = `${name}.dead-letters`;
    evicted.splice(0);
    refused.splice(0);
    ring = await ringOf();
    open = await openKafkaMessaging({
      configuration: configuration(),
      topology: { partitions: 1, shards: 1 },
      windowMs: 60_000,
      clock: systemClock,
      ring,
      deadLettersMaxBytes: 96 * MIB,
      onDeadLetterEvicted: ({ id }, reason) => void evicted.push(`${id} ${reason}`),
      onDeadLetterRefused: (reason, offset) => void refused.push(`${offset} ${reason}`),
      log: () => undefined,
      onFatal: (error) => {
        throw error;
      },
      topics: { mutations: `${name}.mutations`, coherence: `${name}.coherence`, deadLetters: topic },
      groups: { workers: `${name}.workers`, coordinators: `${name}.coordinators` },
    });
    admin = connectKafka(configuration(), () => undefined).admin();
    await admin.connect();
  });
  afterEach(async () => {
    await admin.disconnect();
    await open.close();
  });

  const deleteBefore = async (offset: string): Promise<void> => {
    // The client knows the leader only of topics that it was asked about.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
  };

  it('is compacted, bounded in bytes by the configuration, and deletes nothing for its age', async () => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configNames: ['cleanup.policy', 'retention.bytes', 'retention.ms', 'segment.bytes'],
        },
      ],
    });
    const settings = Object.fromEntries(
      (resources[0]?.configEntries ?? []).map(({ configName, configValue }) => [configName, configValue]),
    );
    expect(settings['cleanup.policy']?.split(',').sort()).toEqual(['compact', 'delete']);
    expect(settings).toMatchObject({
      'retention.bytes': String(96 * MIB),
      'retention.ms': '-1',
      'segment.bytes': String(12 * MIB),
    });
  });

  it('no longer shows what the broker has deleted, and tells which letters these were', async () => {
    const { deadLetters, budgets } = open.messaging;
    const [first, second, third] = [deadLetter(1n), deadLetter(2n), deadLetter(3n)];
    for (const each of [first, second, third]) await deadLetters.add(each);
    expect(await deadLetters.list()).toHaveLength(3);
    await deleteBefore('2');
    expect((await deadLetters.list()).map(({ id }) => id)).toEqual([third.id]);
    expect(await deadLetters.find(first.id)).toBeUndefined();
    expect((await deadLetters.find(third.id))?.id).toBe(third.id);
    expect(evicted).toEqual([`${first.id} topic`, `${second.id} topic`]);
    expect(budgets()['dead-letters']?.evictions).toBe(2);
    await deleteBefore('3');
    expect(await deadLetters.list()).toEqual([]);
    await deadLetters.add(deadLetter(4n));
    expect((await deadLetters.list()).map(({ id }) => id)).toEqual([deadLetter(4n).id]);
  });

  /** As anybody who may write to the topic. */
  const put = async (...messages: Message[]): Promise<void> => {
    const producer = connectKafka(configuration(), () => undefined).producer();
    await producer.connect();
    for (const message of messages) await producer.send({ topic, messages: [message] });
    await producer.disconnect();
  };

  it('ignores letters and tombstones that no Coffer signed, and tells of each once', async () => {
    const { deadLetters } = open.messaging;
    const [genuine, foreign] = [deadLetter(1n), deadLetter(2n)];
    await deadLetters.add(genuine);
    const secret = new SecretValue(Buffer.alloc(32, 8).toString('base64'));
    const signers = {
      own: new DeadLetterAuthenticator(await ringOf(), topic),
      elsewhere: new DeadLetterAuthenticator(await ringOf(), 'another topic'),
      otherKey: new DeadLetterAuthenticator(await KeyRing.derive([{ id: 'test', secret, active: true }]), topic),
      unknownKey: new DeadLetterAuthenticator(await ringOf('unknown'), topic),
    };
    const message = encodeDeadLetter(foreign);
    const signed = signers.own.sign(message, 0);
    const hides = { key: genuine.id, value: null };
    await put(
      message,
      hides,
      { ...signers.otherKey.sign(message, 0) },
      { ...signers.otherKey.sign(hides, 0) },
      { ...signers.elsewhere.sign(message, 0) },
      { ...signers.unknownKey.sign(message, 0) },
      { ...signed, key: deadLetterId(fenceOf(1, 3n), 0) },
      { ...signed, value: Buffer.from('another value') },
      { ...signed, value: null },
      { ...signed, headers: { ...signed.headers, 'dead-letter-code': 'denied' } },
      { ...signed, headers: { ...signed.headers, more: '' } },
      { key: 'no id', value: 'x' },
    );
    const last = deadLetter(4n);
    await deadLetters.add(last);
    expect(await deadLetters.list()).toEqual([genuine, last].map(summaryOf));
    expect(await deadLetters.find(foreign.id)).toBeUndefined();
    expect(await deadLetters.find(genuine.id)).toBeDefined();
    expect(refused).toEqual([
      ...['1 unsigned', '2 unsigned', '3 forged', '4 forged', '5 forged', '6 unknown-key'],
      ...['7 forged', '8 forged', '9 forged', '10 forged', '11 forged', '12 unsigned'],
    ]);
    // Whoever has the keys may take it out all the same.
    await put(signed);
    expect((await deadLetters.list()).map(({ id }) => id)).toContain(foreign.id);
    await deadLetters.discard(foreign.id);
    expect(await deadLetters.list()).toEqual([genuine, last].map(summaryOf));
    expect(refused).toHaveLength(12);
  });

  it('shows a letter that was passed over for want of its key, once the key is there', async () => {
    const { deadLetters } = open.messaging;
    const [late, genuine] = [deadLetter(1n), deadLetter(2n)];
    const { id } = late;
    await put(new DeadLetterAuthenticator(await ringOf('late'), topic).sign(encodeDeadLetter(late), 0));
    await deadLetters.add(genuine);
    expect(await deadLetters.list()).toEqual([summaryOf(genuine)]);
    ring.replace(await ringOf('test', 'never-used'));
    expect([await deadLetters.find(id), refused]).toEqual([undefined, ['0 unknown-key']]);
    ring.replace(await ringOf('test', 'late'));
    expect(await deadLetters.list()).toEqual([late, genuine].map(summaryOf));
    expect((await deadLetters.find(id))?.mutation).toEqual(late.mutation);
  });

  it('keeps a letter whole up to what the topic takes, and above that without its body', async () => {
    const { deadLetters } = open.messaging;
    const limit = 20_000;
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'max.message.bytes', value: String(limit) }],
        },
      ],
    });
    let offset = 100n;
    const deadLetterOf = (bytes: number): DeadLetter => {
      const { mutation: small, ...rest } = deadLetter((offset += 1n));
      return { ...rest, mutation: { ...small, body: new Uint8Array(bytes) } };
    };
    const keeps = async (bytes: number): Promise<boolean> => {
      const large = deadLetterOf(bytes);
      await deadLetters.add(large);
      expect(await deadLetters.list()).toContainEqual(summaryOf(large));
      const kept = (await deadLetters.find(large.id))?.mutation.body.length;
      expect([0, bytes]).toContain(kept);
      return kept === bytes;
    };
    let [whole, cut] = [1, limit];
    expect(await keeps(whole)).toBe(true);
    expect(await keeps(cut)).toBe(false);
    while (cut - whole > 1) {
      const middle = Math.floor((whole + cut) / 2);
      if (await keeps(middle)) whole = middle;
      else cut = middle;
    }
    // The rest of a batch: its head, the id, the headers and the signature.
    expect(limit - whole).toBeGreaterThan(100);
    expect(limit - whole).toBeLessThan(1_000);
    // Beside others, which it holds up no more than they it.
    const several = [1, cut, whole, cut, 2].map(deadLetterOf);
    await Promise.all(several.map((each) => deadLetters.add(each)));
    const kept = await Promise.all(several.map(({ id }) => deadLetters.find(id)));
    expect(kept.map((each) => each?.mutation.body.length)).toEqual([1, 0, whole, 0, 2]);
  });
});
