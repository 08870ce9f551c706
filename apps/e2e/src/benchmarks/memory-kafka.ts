import { Cluster } from '../cluster/index.js';
import { property } from '../harness/property.js';
import { measureMemory } from './memory/measure.js';

export default property({
  name: 'memory-kafka',
  title: 'Memory under writes, over Kafka',
  shows: 'The same for a gateway, a worker and a coordinator over Kafka.',
  servers: ['postgresql'],
  ownServers: ['kafka'],
  full: { seconds: 1_800, afterSeconds: 540, sampleSeconds: 60 },
  run: (times) =>
    Cluster.use({ counts: { gateway: 1, 'secret-worker': 1, 'cache-invalidator': 1 } }, async (cluster) => {
      const [gateway] = cluster.of('gateway');
      if (gateway === undefined) throw new Error('there is no gateway');
      const watched = cluster.processes.map(({ role, pid, address }) => ({ name: role, pid, url: address }));
      const { address: url } = gateway;
      return measureMemory({ ...times, subject: 'over Kafka', watched, url, token: cluster.token });
    }),
});
