import { BatchingSender } from './batching-sender.js';
import { connectKafka } from './connection.js';
import { NOT_LEADER, ScriptedBrokers } from './scripted-brokers.fixture.js';

const TOPIC = 'topic';
const HASTY = { initialRetryTime: 10, maxRetryTime: 20, retries: 2 };

describe('a sender of records to partitions with different leaders', () => {
  let brokers: ScriptedBrokers;
  let sender: BatchingSender;

  const open = async (leaders: readonly number[]): Promise<void> => {
    brokers = await ScriptedBrokers.open(TOPIC, leaders);
    const kafka = connectKafka({ brokers: brokers.addresses, topic: {} }, () => undefined, HASTY);
    sender = new BatchingSender(kafka, TOPIC);
  };
  afterEach(async () => {
    brokers.close();
    await sender.close();
  });
  const taken = (partition: number): string =>
    (brokers.logs[partition] ?? []).map(({ records }) => String(records)).join();

  it('sends again what the client passes over, because the new leader has answered for other partitions', async () => {
    await open([0, 1]);
    brokers.react = ({ partition }) => {
      if (partition !== 1 || brokers.leaders[1] === 0) return 'append';
      brokers.leaders[1] = 0;
      return NOT_LEADER;
    };
    const sent = await Promise.all([
      sender.send(0, { value: 'first' }),
      sender.send(1, { value: 'second' }),
      sender.send(1, { value: 'third' }),
    ]);
    expect(sent.map(({ offset }) => offset)).toEqual([0n, 0n, 1n]);
    expect(taken(0)).toMatch(/first/);
    expect(taken(1)).toMatch(/second.*third/s);
  });

  it('says the first place of what the client sends twice, because its leader changed after it had answered', async () => {
    await open([0, 1]);
    let refused = false;
    brokers.react = ({ partition }) => {
      if (partition !== 1 || refused) return 'append';
      refused = true;
      brokers.leaders[0] = 1;
      return NOT_LEADER;
    };
    const sent = await Promise.all([sender.send(0, { value: 'first' }), sender.send(1, { value: 'second' })]);
    expect(sent.map(({ offset }) => offset)).toEqual([0n, 0n]);
    expect(brokers.logs[0]?.map(({ broker }) => broker)).toEqual([0, 1]);
  });
});
