import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand, say, type Figure } from '../measure/index.js';
import { starvationOutcome, type SoakFigures } from './starvation/outcome.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '180' },
    seed: { type: 'string', default: '11' },
    busy: { type: 'string', default: '3' },
  },
});

/** One soak in a process of its own. A read too old is a figure here as there; too few cached ones are no failure yet. */
const soak = async (busy: string): Promise<SoakFigures> => {
  const { seconds, seed } = values;
  const history = join(tmpdir(), `coffer-starvation-${process.pid}-${busy}.jsonl`);
  const args = [
    join(__dirname, '../soak.js'),
    '--seconds',
    seconds,
    '--seed',
    seed,
    '--busy',
    busy,
    '--history',
    history,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = (): void => void child.kill();
  process.once('exit', end);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  process.off('exit', end);
  const figures = text
    .split('\n')
    .filter((line) => line.startsWith('{"figure"'))
    .map((line) => JSON.parse(line) as Figure);
  return new Map(figures.map(({ figure, value }) => [figure, value]));
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

void runCommand(async () => {
  say('unloaded');
  const unloaded = await soak('0');
  say(`with ${values.busy} busy loops`);
  return starvationOutcome(unloaded, await soak(values.busy));
});
