/** @servers kafka */
import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import { connectKafka, PATIENT } from './connection.js';
import { TopicSender } from './topic-sender.js';

const configuration = () => ({ brokers: (process.env['COFFER_TEST_KAFKA_BROKERS'] ?? '').split(','), topic: {} });

describe('TopicSender', () => {
  it('makes its topic and sends texts of one key in their order', async () => {
    const topic = `coffer-audit-${randomUUID()}`;
    const sender = new TopicSender({ configuration: configuration(), topic, log: () => undefined });
    await sender.open();
    await sender.open();
    await sender.send('k', ['a', 'b']);
    await sender.send('k', ['c']);
    await sender.close();
    // Connects anew.
    await sender.send('k', ['d']);
    await sender.close();
    const kafka = connectKafka(configuration(), () => undefined, PATIENT);
    const consumer = kafka.consumer({ groupId: topic });
    await consumer.connect();
    const read: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        read.push(String(message.value));
        if (read.length === 4) resolve();
      },
    });
    await promise;
    await consumer.disconnect();
    expect(read).toEqual(['a', 'b', 'c', 'd']);
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('says that a batch is larger than its topic takes, and sends a smaller one then', async () => {
    const topic = `coffer-audit-${randomUUID()}`;
    const sender = new TopicSender({ configuration: configuration(), topic, log: () => undefined });
    await sender.open();
    const text = 'x'.repeat(300_000);
    await expect(sender.send('k', Array<string>(4).fill(text))).rejects.toMatchObject({ code: 'too-large' });
    await sender.send('k', [text, text]);
    await sender.close();
    const admin = connectKafka(configuration(), () => undefined, PATIENT).admin();
    await admin.connect();
    const configNames = ['max.message.bytes'];
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames }],
    });
    expect(resources[0]?.configEntries[0]).toMatchObject({ configValue: '1048576', isDefault: false });
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('rejects where there is no broker', async () => {
    const sender = new TopicSender({
      configuration: { brokers: ['127.0.0.1:1'], topic: {} },
      topic: 'none',
      log: () => undefined,
    });
    await expect(sender.open()).rejects.toThrow();
    await expect(sender.send('k', ['a'])).rejects.toThrow();
    await sender.close();
  });
});
