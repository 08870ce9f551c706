import { commandOf, properties } from './properties.mjs';

/**
 * Every measurement there is, in the order of docs/operations/figures.md: those below, and each property and benchmark of
 * apps/e2e, which its own file declares. A measurement is a command that prints, among whatever else, one line of JSON for
 * each figure: {"figure", "value", "unit", "aim"?}, and ends with 0.
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
const listed = [
  {
    name: 'conformance',
    title: 'Conformance of the stores',
    command: 'node tools/workspace/conformance.mjs --all --figures',
    shows: 'Every store passes the whole conformance suite on its real server or declares a capability absent.',
  },
  {
    name: 'simulate',
    title: 'Simulation of the protocol',
    command: 'node tools/workspace/simulate.mjs --seeds 2000 --figures',
    shows: 'The shipped state machines under every kind of fault, in virtual time: no read is ever stale.',
  },
  {
    name: 'reader',
    title: 'What the protocol adds to a hit',
    command: 'node tools/workspace/reader-bench.mjs',
    shows: 'What the reader adds to a look into the cache stays far below a microsecond, and needs no round trip.',
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
    name: 'brokers',
    title: 'Brokers of three killed, stopped, cut off and restarted',
    command: 'node apps/e2e/dist/brokers.js',
    shows:
      'One of three brokers may be lost in any way: no acknowledged write is lost, no read is stale, writes go on after some seconds. With two lost, writes are refused and reads go on.',
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

/** @type {Measurement[]} */
export const measurements = [
  ...listed,
  ...properties().map(({ name, title, shows, headlines, servers }) => ({
    name,
    title,
    shows,
    command: commandOf(name),
    ...(headlines && { headlines }),
    servers,
  })),
];

/** @param {string[]} names @returns {Measurement[]} those named, or all without a name; rejects one that there is not */
export function measurementsNamed(names) {
  const unknown = names.find((name) => !measurements.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no measurement "${unknown}"; there are: ${measurements.map((m) => m.name).join(', ')}`);
  }
  return names.length === 0 ? measurements : measurements.filter(({ name }) => names.includes(name));
}
