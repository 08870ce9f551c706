/** @named: two soaks; the suite of one is short of processor time as well. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeProcess } from '../harness/index.js';
import { property } from '../harness/property.js';
import { figuresIn, printError } from '../harness/outcome.js';
import { starvationOutcome, type SoakFigures } from './starvation/outcome.js';

const RUN = join(__dirname, '../run.js');

const environment = (): Record<string, string> => {
  const url = process.env['COFFER_TEST_POSTGRESQL_URL'];
  return url === undefined ? {} : { COFFER_TEST_POSTGRESQL_URL: url };
};

/** One soak in a process of its own. A read too old is a figure here as there; too few cached ones are no failure yet. */
const soak = async (options: Readonly<Record<'seconds' | 'seed' | 'busy', number>>): Promise<SoakFigures> => {
  const history = join(tmpdir(), `coffer-starvation-${process.pid}-${options.busy}.jsonl`);
  const flags = Object.entries({ ...options, history }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const run = NodeProcess.start([RUN, 'soak', ...flags], { env: environment(), endBy: 'SIGTERM' });
  await run.exited;
  printError(run.stderr());
  return new Map(figuresIn(run.stdout()).map(({ figure, value }) => [figure, value]));
};

export default property({
  name: 'starvation',
  title: 'Coherent caches short of processor time',
  shows:
    'The soak of one seed, without and with three processes beside it that never wait: what lacks processor time is slow and not dead, and never wrong.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { seconds: 20, busy: 2 },
  full: { seconds: 180, seed: 11, busy: 3 },
  run: async (options) => {
    printError('unloaded');
    const unloaded = await soak({ ...options, busy: 0 });
    printError(`with ${options.busy} busy loops`);
    return starvationOutcome(unloaded, await soak(options));
  },
});
