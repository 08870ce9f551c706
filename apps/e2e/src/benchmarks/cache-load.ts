import { property } from '../harness/property.js';
import { combine } from '../harness/outcome.js';
import { memoryOfEntries } from './cache-load/memory.js';
import { loadOnTheCaches } from './cache-load/traffic.js';

export default property({
  name: 'cache-load',
  title: 'Hit ratio, traffic to Redis, memory',
  shows: 'What caches answer and ask of Redis under a Zipf load, and what 100,000 entries take of a gateway.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { entries: 2_000, secrets: 200, seconds: 3 },
  full: { entries: 100_000, secrets: 5_000, seconds: 30 },
  run: async ({ entries, ...load }) => combine(await memoryOfEntries(entries), await loadOnTheCaches(load)),
});
