import { connectKafka, onceLed } from './connection.js';
import { ScriptedBrokers } from './scripted-brokers.fixture.js';

const HASTY = { initialRetryTime: 10, maxRetryTime: 20, retries: 2 };

it('waits for leaders also when the client has asked for them as often as it may', async () => {
  const brokers = await ScriptedBrokers.open('topic', [0]);
  const admin = connectKafka({ brokers: brokers.addresses, topic: {} }, () => undefined, HASTY).admin();
  try {
    await admin.connect();
    brokers.leaderless = 10;
    const { topics } = await onceLed(admin, () => admin.fetchTopicMetadata({ topics: ['topic'] }));
    expect(topics[0]?.partitions.map(({ leader }) => leader)).toEqual([0]);
    expect(brokers.leaderless).toBeLessThan(0);
  } finally {
    await admin.disconnect();
    brokers.close();
  }
});
