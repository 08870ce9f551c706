import { createRequire } from 'node:module';
import { build } from './build.ts';
import type { Operation, Contradiction } from '@coffer/coherence/history';
import type { SimulationResult } from '@coffer/e2e/simulation';

/** Loaded after the build, which it is part of. */
const simulation = () =>
  createRequire(import.meta.url)('@coffer/e2e/simulation') as typeof import('@coffer/e2e/simulation');

const help = (
  names: Iterable<string>,
) => `Simulates Coffer: the shipped reads with their caches, the shipped workers, and the coordinators' state machine, in virtual
time, with pauses, partitions, slow links, kills, zombies, lost and repeated messages, a Redis that forgets or comes back from the past,
a store that fails or lags, and clocks that err. Every history is checked: no read older than an acknowledged write, none older than a read before it.
Also plays the directed scenarios. The same seed gives the same run.

  npm run simulate -- --seeds N [--from S] [--without RULE]

  --seeds N       how many runs (default 2000); odd seeds meet every kind of fault
  --from S        the first seed (default 1)
  --without ${[...names].join('|')}
                  leaves a rule of the protocol out, by its number, or a part of one: it must then fail

With --figures, a line of JSON for each figure as well. The last line is "seeds N stale N inversions N"; ends with 1 when anything is found, or a write does not complete.`;

class UsageError extends Error {}

const figure = (figure: string, value: number, unit: string, aim?: string) =>
  console.log(JSON.stringify({ figure, value, unit, ...(aim ? { aim } : {}) }));

function parse(args: string[]) {
  const options = { seeds: 2_000, from: 1, without: '' };
  for (let place = 0; place < args.length; place += 2) {
    const [name, value] = [args[place] ?? '', args[place + 1]];
    if (!['--seeds', '--from', '--without'].includes(name))
      throw new UsageError(`unknown option "${name}"; see --help`);
    if (value === undefined) throw new UsageError(`${name} needs a value; see --help`);
    if (name === '--without') {
      options.without = value;
      continue;
    }
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < 0) throw new UsageError(`${name} needs a whole number`);
    options[name === '--seeds' ? 'seeds' : 'from'] = number;
  }
  return options;
}

const describe = ({ op, version, instance, cache, start, end }: Operation) =>
  `${op} of version ${version} by ${instance}${cache ? ` from ${cache}` : ''}, ${(start / 1e3).toFixed(1)} to ${(end / 1e3).toFixed(1)} ms`;

const lines = (what: string, found: readonly Contradiction[]) =>
  found
    .slice(0, 2)
    .map(
      ({ read, before }) => `  ${what}: ${read.key}: ${describe(read)}${before ? `; after ${describe(before)}` : ''}`,
    );

/** Returns what is wrong with it. */
const findings = (result: SimulationResult): string[] => {
  const { stale, inversions, impossible, unfinished, unanswered, stuck, miscounted } = result;
  return [
    ...lines('stale', stale),
    ...lines('inversion', inversions),
    ...lines('never written', impossible),
    ...(unfinished > 0 ? [`  ${unfinished} writes never completed`] : []),
    ...(unanswered > 0 ? [`  ${unanswered} deliveries were neither finished nor handed over`] : []),
    ...stuck.map((key) => `  never cached again: ${key}`),
    ...miscounted.map((key) => `  a put or a delete did not raise the revision: ${key}`),
  ];
};

const figures = process.argv.includes('--figures');
const args = process.argv.slice(2).filter((argument) => argument !== '--figures');
try {
  await build();
  const { PARTS, playScenarios, simulate, without } = simulation();
  if (args.some((argument) => ['--help', '-h'].includes(argument))) {
    console.log(help(PARTS.keys()));
  } else {
    const options = parse(args);
    const parts = options.without === '' ? [] : PARTS.get(options.without);
    if (parts === undefined) throw new UsageError(`there is no rule "${options.without}"; see --help`);
    const switches = without(parts);
    const again = options.without === '' ? '' : ` --without ${options.without}`;
    const began = performance.now();
    const count = { stale: 0, inversions: 0, reads: 0, cached: 0, writes: 0, every: 0, failed: 0 };

    for (const { name, violations } of playScenarios(switches)) {
      if (violations.length === 0) continue;
      count.failed += 1;
      console.log(`scenario ${name}: ${violations.join('; ')}`);
    }
    for (let seed = options.from; seed < options.from + options.seeds; seed += 1) {
      const result = await simulate(seed, switches);
      count.stale += result.stale.length;
      count.inversions += result.inversions.length;
      count.reads += result.reads;
      count.cached += result.cached;
      count.writes += result.writes;
      if (result.everyFault) count.every += 1;
      const found = findings(result);
      if (found.length === 0) continue;
      count.failed += 1;
      if (count.failed <= 5)
        console.log(`seed ${seed}: npm run simulate -- --seeds 1 --from ${seed}${again}\n${found.join('\n')}`);
    }
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    console.log(
      `${count.reads} reads, ${count.cached} of them cached, ${count.writes} writes, every kind of fault in ${count.every} seeds; ${count.failed} failures; ${seconds} s`,
    );
    if (figures) {
      figure('Seeds', options.seeds, 'runs');
      figure('Seeds that met every kind of fault', count.every, 'runs', `≥ ${options.seeds / 2}`);
      figure('Reads', count.reads, 'reads');
      figure('Reads from a cache', Math.round((100 * count.cached) / count.reads), '%');
      figure('Writes', count.writes, 'writes');
      figure('Stale reads', count.stale, 'reads', '0');
      figure('Inversions', count.inversions, 'reads', '0');
      figure('Seeds or scenarios with any finding, unfinished writes among them', count.failed, 'runs', '0');
      figure('Time', Number(seconds), 's', '≤ 180');
    }
    console.log(`seeds ${options.seeds} stale ${count.stale} inversions ${count.inversions}`);
    process.exitCode = count.failed > 0 ? 1 : 0;
  }
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
