import { connectKafka } from './connection.js';
import { LeaderEnds } from './leader-ends.js';
import { ScriptedBrokers } from './scripted-brokers.fixture.js';

const TOPIC = 'log';
const TRUE_ENDS = new Map([
  [0, 9n],
  [1, 12n],
]);

describe('the ends that leaders tell', () => {
  let brokers: ScriptedBrokers;
  let ends: LeaderEnds;
  beforeEach(async () => {
    // Broker 2 is there, too, and leads a partition of its own.
    brokers = await ScriptedBrokers.open(TOPIC, [1, 2]);
    brokers.replicas = [0, 1, 2];
    for (const broker of [0, 1, 2]) brokers.views.set(broker, { leaders: [1, 2], ends: [9, 12] });
  });
  afterEach(async () => {
    await ends.close();
    brokers.close();
  });
  const open = (addresses = brokers.addresses): LeaderEnds => {
    const kafka = connectKafka({ brokers: addresses, topic: {} }, () => undefined);
    return (ends = new LeaderEnds(kafka, TOPIC));
  };
  /** Led partition 0 until the others lost sight of it. */
  const cutOff = (broker: number): void => void brokers.views.set(broker, { leaders: [broker, 2], ends: [5, 12] });

  it('are those of all partitions', async () => {
    expect(await open().ask()).toEqual(TRUE_ENDS);
  });

  it('are not those of a broker that was cut off, whichever is asked first', async () => {
    cutOff(0);
    for (const first of [0, 1, 2]) {
      const addresses = [brokers.addresses[first]!, ...brokers.addresses];
      expect(await open(addresses).ask()).toEqual(TRUE_ENDS);
      if (first < 2) await ends.close();
    }
  });

  it('are known without one that does not answer', async () => {
    brokers.silent.add(0);
    expect(await open(brokers.addresses.slice(1)).ask()).toEqual(TRUE_ENDS);
  });

  it('are not known where the replicas do not agree', async () => {
    brokers.views.set(0, { leaders: [0, 2], ends: [5, 12] });
    brokers.views.set(1, { leaders: [1, 2], ends: [9, 12] });
    brokers.views.set(2, { leaders: [2, 2], ends: [9, 12] });
    await expect(open().ask()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are those of the one broker there is', async () => {
    brokers.close();
    brokers = await ScriptedBrokers.open(TOPIC, [0]);
    brokers.views.set(0, { leaders: [0], ends: [7] });
    expect(await open().ask()).toEqual(new Map([[0, 7n]]));
  });
});
