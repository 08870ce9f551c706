/**
 * Every measurement there is, in the order of docs/operations/figures.md. A new one is a row here and a command that
 * prints, among whatever else, one line of JSON for each figure: {"figure", "value", "unit", "aim"?}, and ends with 0.
 *
 * @typedef {object} Measurement
 * @property {string} name for `npm run figures -- NAME`, and its name in docs/operations/figures.json
 * @property {string} title
 * @property {string} command split at blanks, run at the top of the checkout after a build, no shell
 * @property {string} shows what the figures are evidence of
 * @property {string[]} [headlines] figures without an aim that stand on the page all the same
 * @property {string[]} [servers] real servers that are up while it runs, their addresses in its environment
 */

/** @type {Measurement[]} */
export const measurements = [
  {
    name: 'conformance',
    title: 'Conformance of the stores',
    command: 'node tools/workspace/conformance.mjs --all --figures',
    shows: 'Every store passes the whole conformance suite on its real server or declares a capability absent.',
  },
  {
    name: 'model',
    title: 'Model-based command sequences',
    command: 'node apps/e2e/dist/properties/model.js',
    shows: 'The reference adapter does as a model of a few lines does, whatever the order of commands.',
  },
  {
    name: 'kill9',
    title: 'kill -9 under load',
    command: 'node apps/e2e/dist/kill9.js',
    headlines: ['Restart after kill -9 until ready, median'],
    shows: 'An acknowledged write survives kill -9 of the whole process.',
  },
  {
    name: 'poison',
    title: 'Poisoned mutations',
    command: 'node apps/e2e/dist/poison.js',
    shows: 'A mutation that can never be applied becomes a dead letter and holds up nothing else.',
  },
  {
    name: 'canary',
    title: 'Canary values',
    command: 'node apps/e2e/dist/canary.js',
    shows: 'No secret value appears in logs, metrics, database files or error answers, in any encoding.',
    servers: ['postgresql', 'mariadb'],
  },
  {
    name: 'envelope',
    title: 'Envelopes',
    command: 'node apps/e2e/dist/envelope.js',
    shows: 'An envelope with any bit flipped, any length cut or any bound field swapped is refused.',
  },
  {
    name: 'distributed',
    title: 'Two of each service over Kafka',
    command: 'node apps/e2e/dist/distributed.js',
    shows: 'What one gateway acknowledged, the other one knows at once: on PostgreSQL, then on MariaDB.',
    servers: ['postgresql', 'mariadb'],
  },
  {
    name: 'chaos',
    title: 'Workers and coordinators killed and paused',
    command: 'node apps/e2e/dist/chaos.js',
    shows:
      'kill -9 and SIGSTOP of workers and of coordinators lose no write, put none out of order, overwrite nothing newer. Its output names every fault.',
    servers: ['postgresql'],
  },
  {
    name: 'broker',
    title: 'The broker killed and restarted',
    command: 'node apps/e2e/dist/broker.js',
    shows: 'Every acknowledged write survives kill -9 of the broker, and reads go on without it.',
    servers: ['postgresql'],
  },
  {
    name: 'brokers',
    title: 'Brokers of three killed, stopped, cut off and restarted',
    command: 'node apps/e2e/dist/brokers.js',
    shows:
      'One of three brokers may be lost in any way: no acknowledged write is lost, no read is stale, writes go on after some seconds. With two lost, writes are refused and reads go on.',
    servers: ['postgresql'],
  },
  {
    name: 'replay',
    title: 'The queue delivered again, and made anew',
    command: 'node apps/e2e/dist/replay.js',
    shows:
      'Mutations delivered again change nothing; topics made anew stop the workers until the generation is raised.',
    servers: ['postgresql'],
  },
  {
    name: 'distributed-poison',
    title: 'Poisoned mutations and canary values over Kafka',
    command: 'node apps/e2e/dist/distributed-poison.js',
    shows:
      'What cannot be opened becomes a dead letter and is applied once its key is back; no value is in topics, files of the broker or output.',
    servers: ['postgresql'],
  },
  {
    name: 'stores',
    title: 'The running system on each store',
    command: 'node apps/e2e/dist/stores.js',
    shows:
      'Gateway, Kafka, worker, store: the life of a secret, secrets made outside found by their tags, two prefixes, and a key deleted and created again a hundred times, on each of the eight.',
    servers: [
      ...['moto', 'azure-key-vault', 'google-secret-manager', 'vault', 'elasticsearch'],
      ...['postgresql', 'mariadb', 'h2'],
    ],
  },
  {
    name: 'simulate',
    title: 'Simulation of the protocol',
    command: 'node tools/workspace/simulate.mjs --seeds 2000 --figures',
    shows: 'The shipped state machines under every kind of fault, in virtual time: no read is ever stale.',
  },
  {
    name: 'soak',
    title: 'Coherent caches under faults',
    command: 'node apps/e2e/dist/soak.js --seconds 600',
    shows:
      'Ten minutes of load over 50 keys while processes are stopped and killed, links cut and slowed, Redis emptied and replaced by an older one: no read is older than an acknowledged write or a read before it. Its output names every fault.',
    servers: ['postgresql'],
  },
  {
    name: 'starvation',
    title: 'Coherent caches short of processor time',
    command: 'node apps/e2e/dist/properties/starvation.js',
    shows:
      'The soak of one seed, without and with three processes beside it that never wait: what lacks processor time is slow and not dead, and never wrong.',
    servers: ['postgresql'],
  },
  {
    name: 'reader',
    title: 'What the protocol adds to a hit',
    command: 'node tools/workspace/reader-bench.mjs',
    shows: 'What the reader adds to a look into the cache stays far below a microsecond, and needs no round trip.',
  },
  {
    name: 'hit-network',
    title: 'Network calls of a hit',
    command: 'node apps/e2e/dist/hit-network.js',
    headlines: ['Hits meanwhile'],
    shows:
      'A hit asks nobody: no write to any socket but its client’s, by a real gateway with its Kafka, Redis and PostgreSQL. Misses, refreshes and writes are counted beside, to show that the counting counts.',
    servers: ['postgresql'],
  },
  {
    name: 'store-faults',
    title: 'Stores whose calls fail',
    command: 'node apps/e2e/dist/store-faults.js',
    shows:
      'A fifth of all calls to a store is throttled, refused, cut or times out after it took effect, and no mutation is lost. Where the store cannot refuse a late write, what became visible twice is counted.',
    servers: [
      ...['moto', 'azure-key-vault', 'google-secret-manager', 'vault', 'elasticsearch'],
      ...['postgresql', 'mariadb', 'h2'],
    ],
  },
  {
    name: 'bench',
    title: 'Speed of reads and writes',
    command: 'node apps/e2e/dist/bench.js',
    shows: 'What Coffer adds to a bare HTTP server, to a round trip to the database and to a bare conditional update.',
    servers: ['postgresql'],
  },
  {
    name: 'bench-facade',
    title: 'Cost of the facade',
    command: 'node apps/e2e/dist/bench-facade.js',
    shows: 'What the facade adds to a read of each store, beside the adapter alone and the vendor’s client alone.',
    servers: ['moto', 'azure-key-vault', 'google-secret-manager', 'vault', 'elasticsearch', 'postgresql'],
  },
  {
    name: 'catalogue',
    title: 'Lists of 20,000 secrets',
    command: 'node apps/e2e/dist/catalogue.js',
    shows:
      'Lists come from the catalogue in milliseconds, however slowly the store lists; its scan keeps within the store’s published rate.',
  },
  {
    name: 'bench-kafka',
    title: 'Speed of writes over Kafka',
    command: 'node apps/e2e/dist/bench-kafka.js',
    headlines: ['Kafka: coherence topic, write', 'Kafka: coherence topic, write ×16'],
    shows: 'What a distributed Coffer adds to a bare loop of produce, consume, conditional update and answer.',
    servers: ['postgresql'],
  },
  {
    name: 'mac',
    title: 'Cost of the authenticated log',
    command: 'node apps/e2e/dist/mac.js',
    shows:
      'What signing and verifying costs, in processor time: a record, a reader of the log and a write over Kafka, each beside the same without.',
    servers: ['postgresql'],
  },
  {
    name: 'bench-cache',
    title: 'Speed of cached reads, and of writes over caches',
    command: 'node apps/e2e/dist/bench-cache.js',
    shows:
      'A cached read on one core beside a bare HTTP server and beside Vault on that core, batches beside single reads, and what a write waits for caches.',
    servers: ['postgresql'],
  },
  {
    name: 'paired',
    title: 'Beside the commit before the hardening',
    command: 'node tools/workspace/paired.mjs --base 5f682fb',
    shows:
      'Cached reads, writes over Kafka and starts, measured in turn with the commit before: what the bounds and the authentication of the log cost.',
    servers: ['postgresql'],
  },
  {
    name: 'cache-outages',
    title: 'Redis away, Kafka away, gateways restarted and stopped',
    command: 'node apps/e2e/dist/cache-outages.js',
    shows:
      'Without Redis or Kafka reads go on, right, from the store; a gateway stopped with its leases holds up a write for T + 1 s at most, and serves nothing old when it goes on; one that is ended in an orderly way holds up none.',
    servers: ['postgresql'],
  },
  {
    name: 'cache-expiry',
    title: 'Changes in the store behind Coffer',
    command: 'node apps/e2e/dist/cache-expiry.js',
    shows:
      'A change made in Vault itself is seen through every gateway within expireAfterWrite, whichever cache had it.',
  },
  {
    name: 'cache-load',
    title: 'Hit ratio, traffic to Redis, memory',
    command: 'node apps/e2e/dist/cache-load.js',
    shows: 'What caches answer and ask of Redis under a Zipf load, and what 100,000 entries take of a gateway.',
    servers: ['postgresql'],
  },
  {
    name: 'memory-embedded',
    title: 'Memory under writes, embedded',
    command: 'node apps/e2e/dist/memory.js --mode embedded',
    shows:
      'Half an hour of as many writes as the embedded start takes: what it has resident each minute is flat once the window is full, and what a window remembers costs at most 150 bytes an operation.',
  },
  {
    name: 'memory-kafka',
    title: 'Memory under writes, over Kafka',
    command: 'node --disable-warning=TimeoutNegativeWarning apps/e2e/dist/memory.js --mode kafka',
    shows: 'The same for a gateway, a worker and a coordinator over Kafka.',
    servers: ['postgresql'],
  },
];

/** @param {string[]} names @returns {Measurement[]} those named, or all without a name; rejects one that there is not */
export function measurementsNamed(names) {
  const unknown = names.find((name) => !measurements.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no measurement "${unknown}"; there are: ${measurements.map((m) => m.name).join(', ')}`);
  }
  return names.length === 0 ? measurements : measurements.filter(({ name }) => names.includes(name));
}
