import { ALL_FAULTS, brokersProperty } from './brokers/property.js';
import { BrokerCluster } from './brokers/broker-cluster.js';
import { runCommand } from './measure/index.js';

/** Without arguments: all faults, in turn. */
void runCommand(async () => {
  const named = process.argv.slice(2);
  const brokers = await BrokerCluster.open();
  try {
    const faults = named.length === 0 ? ALL_FAULTS : named;
    return await brokersProperty(brokers, { faults, keys: 60, lanes: 12 });
  } finally {
    await brokers.close();
  }
});
