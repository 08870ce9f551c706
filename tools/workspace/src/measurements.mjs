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
    command: 'node tools/workspace/src/conformance.mjs --all --figures',
    shows: 'Every store passes the whole conformance suite on its real server or declares a capability absent.',
  },
  {
    name: 'simulate',
    title: 'Simulation of the protocol',
    command: 'node tools/workspace/src/simulate.mjs --seeds 2000 --figures',
    shows: 'The shipped state machines under every kind of fault, in virtual time: no read is ever stale.',
  },
  {
    name: 'reader',
    title: 'What the protocol adds to a hit',
    command: 'node tools/workspace/src/reader-bench.mjs',
    shows: 'What the reader adds to a look into the cache stays far below a microsecond, and needs no round trip.',
  },
  {
    name: 'paired',
    title: 'Beside the commit before the hardening',
    command: 'node tools/workspace/src/paired.mjs --base 5f682fb',
    shows:
      'Cached reads, writes over Kafka and starts, measured in turn with the commit before: what the bounds and the authentication of the log cost.',
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
