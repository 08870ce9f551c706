import { packageNames } from './mutants-packages.ts';
import { commandOf, properties } from './properties.ts';

/**
 * Every measurement there is, in the order of docs/operations/figures.md: those below, and each property and benchmark of
 * apps/e2e, which its own file declares. A measurement is a command that prints, among whatever else, one line of JSON for
 * each figure: {"figure", "value", "unit", "aim"?}, and ends with 0.
 */
export interface Measurement {
  /** For `npm run figures -- NAME`, and its name in docs/operations/figures.json. */
  name: string;
  title: string;
  /** Split at blanks, run at the top of the checkout after a build, no shell. */
  command: string;
  /** Whether it needs no build. */
  fromSource?: boolean;
  /** What the figures are evidence of. */
  shows: string;
  /** Real servers that are up while it runs, their addresses in its environment. */
  servers?: string[];
}

const listed: Measurement[] = [
  {
    name: 'conformance',
    title: 'Conformance of the stores',
    command: 'node tools/run.mjs workspace/conformance --all --figures',
    shows: 'Every store passes the whole conformance suite on its real server or declares a capability absent.',
  },
  {
    name: 'simulate',
    title: 'Simulation of the protocol',
    command: 'node tools/run.mjs workspace/simulate --seeds 2000 --figures',
    shows: 'The shipped reads, caches and workers under every kind of fault, in virtual time: no read is ever stale.',
  },
  {
    name: 'reader',
    title: 'What the protocol adds to a hit',
    command: 'node tools/run.mjs workspace/reader-bench',
    shows: 'What the reader adds to a look into the cache stays far below a microsecond, and needs no round trip.',
  },
  ...packageNames.map((name) => ({
    name: `mutants-${name}`,
    title: `Mutation tests of libs/${name}`,
    command: `node tools/run.mjs workspace/mutants --again ${name}`,
    shows: `What the unit tests of libs/${name} would notice if the code were changed.`,
    fromSource: true,
  })),
  {
    name: 'house',
    title: 'Size and shape of the code',
    command: 'node tools/run.mjs workspace/house',
    shows:
      'How much there is of the product and of what proves it, and that imports between the folders of the gateway lead downward.',
  },
  {
    name: 'paired',
    title: 'Beside the commit before the hardening',
    command: 'node tools/run.mjs workspace/paired --base 5f682fb',
    shows:
      'Cached reads, writes over Kafka and starts, measured in turn with the commit before: what the bounds and the authentication of the log cost.',
    servers: ['postgresql'],
  },
];

export const measurements: Measurement[] = [
  ...listed,
  ...properties().map(({ name, title, shows, servers }) => ({
    name,
    title,
    shows,
    command: commandOf(name),
    servers,
  })),
];

/** Returns those named, or all without a name; rejects one that there is not. */
export function measurementsNamed(names: string[]): Measurement[] {
  const unknown = names.find((name) => !measurements.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no measurement "${unknown}"; there are: ${measurements.map((m) => m.name).join(', ')}`);
  }
  return names.length === 0 ? measurements : measurements.filter(({ name }) => names.includes(name));
}
