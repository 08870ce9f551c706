import { BrokerCluster } from './brokers/broker-cluster.js';
import { brokersProperty } from './brokers/property.js';

jest.setTimeout(1_200_000);

it('keeps every acknowledged write, and reads nothing stale, while brokers of three are killed, stopped, cut off and two of them lost', async () => {
  const brokers = await BrokerCluster.open();
  try {
    const { problems } = await brokersProperty(brokers, {
      faults: [
        'the controller killed',
        'broker 2 stopped and continued',
        'broker 3 cut off from the others',
        'leaders moved',
        'two brokers killed',
      ],
      keys: 40,
      lanes: 8,
    });
    expect(problems).toEqual([]);
  } finally {
    await brokers.close();
  }
});
