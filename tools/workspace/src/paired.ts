import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { freePort, run } from '@coffer/test-servers/processes';
import { commandOfChild } from '@coffer/test-servers/unprivileged';
import { addBaseCheckout, removeBaseCheckout, sweepBaseCheckouts } from './base-checkout.ts';
import { build } from './build.ts';
import { root, toolEnvironment } from './checkout.ts';
import { readFigures } from './measure.ts';

const help = `Compares this checkout with another commit: both are measured in turn, round after round, in one run.

  node tools/run.mjs workspace/paired --base COMMIT [--rounds N] [--seconds N]

  --base COMMIT   checked out, installed and built in a temporary folder that is removed at the end
  --rounds N      default 3; of each figure the medians over all rounds are compared
  --seconds N     how long a benchmark measures in each round, default 20

Needs COFFER_TEST_POSTGRESQL_URL (npm run figures brings the server up).`;

/** Until a process that was started is ready, in milliseconds; bounds a failure only. */
const READY_TIMEOUT_MS = 300_000;

/** The figures of the benchmarks that are compared. Each is a ratio to a bare server measured beside it, more is better. */
const BENCHMARKS = [
  {
    name: 'bench-cache',
    args: [],
    figures: ['cached read ×16 / bare HTTP ×16, one core', 'cached read ×16 / bare HTTP ×16, by processor time'],
  },
  {
    name: 'bench-kafka',
    args: ['--workers', '1'],
    figures: ['Kafka, 1 worker: write ×16 throughput / bare loop ×16'],
  },
];

/** Figures that are shown for both, without a ratio: differences, which may be near 0. */
const SHOWN = ['Kafka, 1 worker: write p50 above the bare loop'];

/** Aborted by a signal: what runs ends, and what was made for the run goes with it. */
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => interruption.abort(new Error(`ended by ${signal}`)));
}

const say = (line: string) => process.stderr.write(`${line}\n`);

function medianOf(numbers: number[]) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}

const environmentOf = (checkout: string) => ({
  ...toolEnvironment,
  PATH: `${join(checkout, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
});
const nodeOf = (checkout: string) => join(checkout, 'node_modules/.bin/node');

/** Earlier commits have a program for each benchmark. */
const programOf = (checkout: string, name: string) =>
  existsSync(join(checkout, 'apps/e2e/dist/run.js')) ? ['apps/e2e/dist/run.js', name] : [`apps/e2e/dist/${name}.js`];

/** `args`: of Node. Returns its output. */
function runIn(checkout: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const line = commandOfChild(nodeOf(checkout), args);
    const child = spawn(line.command, line.args, {
      cwd: checkout,
      env: environmentOf(checkout),
      signal: interruption.signal,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${args[0]} ended with ${code}: ${output.slice(-400)}`)),
    );
  });
}

/** The arguments of Node in the script `start`. */
const startOf = (checkout: string): string[] => {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const args = scripts.start.split(' ').slice(1);
  // Options of Node come before the program, which is a path in the checkout.
  const program = args.findIndex((arg) => !arg.startsWith('-'));
  return args.map((arg, index) => (index === program ? join(checkout, arg) : arg));
};

/** Milliseconds until a start on a data folder is ready, as `npm start` does it when everything is built. */
async function start(checkout: string, folder: string) {
  const began = performance.now();
  const program = commandOfChild(nodeOf(checkout), startOf(checkout));
  const child = spawn(program.command, program.args, {
    cwd: folder,
    signal: interruption.signal,
    env: { ...environmentOf(checkout), COFFER_PORT: String(await freePort()), COFFER_DATA_DIR: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: READY_TIMEOUT_MS,
  });
  // An interruption is such an error: the line that is awaited does not come then.
  child.on('error', () => undefined);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('ready ')) return performance.now() - began;
    }
    throw new Error('it ended before it was ready');
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

/** Returns one round, by figure. */
async function measureOnce(checkout: string, seconds: number): Promise<Map<string, number>> {
  const values: Map<string, number> = new Map();
  for (const { name, args } of BENCHMARKS) {
    const output = await runIn(checkout, [...programOf(checkout, name), '--seconds', String(seconds), ...args]);
    for (const { figure, value } of readFigures(output)) values.set(figure, Number(value));
  }
  const folder = mkdtempSync(join(tmpdir(), 'coffer-start-'));
  try {
    // Whatever a start of that commit has to build or to note down, it has done.
    await start(checkout, mkdtempSync(join(folder, 'before-')));
    values.set('first start until ready', await start(checkout, folder));
    const later: number[] = [];
    for (let times = 0; times < 3; times += 1) later.push(await start(checkout, folder));
    values.set('later start until ready', medianOf(later));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return values;
}

/** Installs and builds what was checked out. */
async function prepare(folder: string): Promise<void> {
  const options = { cwd: folder, timeoutMs: 3_600_000, signal: interruption.signal };
  await run('npm', ['ci', '--no-audit', '--no-fund'], { ...options, env: process.env });
  await run('npm', ['run', 'build'], { ...options, env: environmentOf(folder) });
}

const print = (figure: string, value: number, unit: string, aim?: string) =>
  console.log(JSON.stringify({ figure, value: Number(value.toPrecision(4)), unit, ...(aim && { aim }) }));

interface Side {
  name: string;
  checkout: string;
  rounds: Map<string, number>[];
}

async function main() {
  const { values } = parseArgs({
    options: {
      base: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '20' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(help);
  if (!values.base) throw new Error('--base names the commit to compare with');
  await sweepBaseCheckouts(root);
  await build();
  const base = await addBaseCheckout(root, values.base);
  try {
    await prepare(base);
    const earlier: Side = { name: 'before', checkout: base, rounds: [] };
    const present: Side = { name: 'after', checkout: root, rounds: [] };
    const sides = [earlier, present];
    for (let round = 1; round <= Number(values.rounds); round += 1) {
      // Whoever goes first does so every other time.
      for (const side of round % 2 === 1 ? sides : [...sides].reverse()) {
        side.rounds.push(await measureOnce(side.checkout, Number(values.seconds)));
        say(`round ${round}, ${side.name}: ${JSON.stringify(Object.fromEntries(side.rounds.at(-1) ?? []))}`);
      }
    }
    const median = (rounds: Map<string, number>[], figure: string) =>
      medianOf(rounds.map((round) => round.get(figure) ?? NaN));
    const before = (figure: string) => median(earlier.rounds, figure);
    const after = (figure: string) => median(present.rounds, figure);
    for (const figure of BENCHMARKS.flatMap(({ figures }) => figures)) {
      print(`${figure}: after / before`, after(figure) / before(figure), 'times', '≥ 0.95');
    }
    for (const figure of SHOWN) {
      print(`${figure}: before`, before(figure), 'ms');
      print(`${figure}: after`, after(figure), 'ms');
    }
    const [first, later] = ['first start until ready', 'later start until ready'] as const;
    print(`${first}: after / before`, after(first) / before(first), 'times', '≤ 1.05');
    print(`${later}: after - before`, after(later) - before(later), 'ms', '≤ 2000');
  } finally {
    await removeBaseCheckout(root, base);
  }
}

main().catch((error: Error) => {
  say(error.message);
  process.exit(1);
});
