import { property } from '../harness/property.js';
import { join } from 'node:path';
import { api, removeFolder, scratchFolder, startCoffer, until, type Coffer } from '../harness/index.js';
import { assert, assertEqual, combine, details, printError, show, type Outcome } from '../harness/outcome.js';
import { medianOf } from '../benchmarks/comparison/sample.js';
import { lostKeys } from './kill9/check.js';
import { Load, type LoadOptions } from './kill9/load.js';

interface Kill9Options extends LoadOptions {
  readonly kills: number;
  /** Writes acknowledged by each process before it is killed, at least. */
  readonly writesBetween: number;
}

/** What the restarts showed. */
class Findings {
  readonly lost: string[] = [];
  readonly generations: number[] = [];
  /** Milliseconds from the start of a process until it said that it is ready. */
  readonly ready: number[] = [];
  superseded = 0;
  deadLetters = 0;
  /** Unanswered writes that were found applied. */
  applied = 0;
}

const generationOf = (coffer: Coffer): number => {
  const line = coffer
    .stdout()
    .split('\n')
    .find((candidate) => candidate.includes('"msg":"ready"'));
  return line === undefined ? NaN : (JSON.parse(line) as { generation: number }).generation;
};

/** The sum of a counter's samples whose labels match. */
const counted = (metrics: string, name: string, label = ''): number =>
  metrics
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);

class Run {
  readonly findings = new Findings();
  readonly load: Load;
  #token = '';

  constructor(
    private readonly dataFolder: string,
    private readonly options: Kill9Options,
  ) {
    this.load = new Load(options);
  }

  async all(): Promise<void> {
    for (let kill = 1; kill <= this.options.kills; kill += 1) {
      const coffer = await this.#start();
      try {
        await this.#killUnderLoad(coffer);
      } finally {
        await coffer.stop();
      }
      const { lost, ready } = this.findings;
      const { acknowledged } = this.load.counts;
      printError(
        `kill ${kill}: ready in ${ready.at(-1)?.toFixed(0)} ms, ${acknowledged} acknowledged, ${lost.length} lost`,
      );
    }
    const last = await this.#start();
    await last.stop();
  }

  /** Starts the process and looks at what the one before it left. */
  async #start(): Promise<Coffer> {
    const began = performance.now();
    const known = this.#token === '' ? {} : { token: this.#token };
    const coffer = await startCoffer({ dataFolder: this.dataFolder, ...known });
    this.findings.ready.push(performance.now() - began);
    this.#token = coffer.token;
    // The log's own line comes before the one that was waited for.
    this.findings.generations.push(generationOf(coffer));
    const { lost, applied } = await lostKeys(api(coffer.url, this.#token), this.load);
    this.findings.lost.push(...lost);
    this.findings.applied += applied;
    return coffer;
  }

  async #killUnderLoad(coffer: Coffer): Promise<void> {
    const client = api(coffer.url, this.#token);
    const { counts } = this.load;
    const enough = counts.acknowledged + this.options.writesBetween;
    const running = this.load.run(client);
    await until('enough writes are acknowledged', () => counts.acknowledged >= enough, 120_000);
    await this.#readMetrics(client);
    coffer.kill('SIGKILL');
    await Promise.all([running, coffer.exited]);
  }

  async #readMetrics(client: ReturnType<typeof api>): Promise<void> {
    const { text } = await client.call('GET', '/metrics');
    if (counted(text, 'coffer_mutations_ended_total') === 0) throw new Error('no mutation is counted in /metrics');
    this.findings.superseded += counted(text, 'coffer_mutations_ended_total', 'outcome="superseded"');
    this.findings.deadLetters += counted(text, 'coffer_dead_letters_total');
  }
}

const outcomeOf = ({ findings, load }: Run, { kills, keys, writers }: Kill9Options): Outcome => {
  const { lost, generations, ready, superseded, deadLetters, applied } = findings;
  const rises = generations.filter(
    (generation, start) => start > 0 && generation === (generations[start - 1] ?? 0) + 1,
  );
  const { acknowledged, unanswered, unexpected } = load.counts;
  const restarts = ready.slice(1);
  return combine(
    show('Keys, and writers at the same time', `${keys}, ${writers}`, ''),
    assertEqual('kill -9 under load', restarts.length, 'kills', kills),
    show('Writes acknowledged', acknowledged, 'writes'),
    show('Writes cut off by a kill, of which found applied', `${unanswered}, ${applied}`, 'writes'),
    assertEqual('Keys that lost an acknowledged write', lost.length, 'keys', 0),
    assertEqual('Starts that raised the generation by one', rises.length, 'starts', kills),
    show('Generation of the last start', generations.at(-1) ?? NaN, ''),
    assertEqual('Writes dropped as older than what is stored', superseded, 'writes', 0),
    assertEqual('Dead letters', deadLetters, 'letters', 0),
    assertEqual('Writes refused by a running process', unexpected.length, 'writes', 0),
    show('First start until ready', Math.round(ready[0] ?? NaN), 'ms'),
    show('Restart after kill -9 until ready, median', Math.round(medianOf(restarts)), 'ms'),
    show('Restart after kill -9 until ready, longest', Math.round(Math.max(...restarts)), 'ms'),
    show('Each restart until ready', restarts.map((time) => time.toFixed(0)).join(', '), 'ms'),
    assert(unanswered > 0, 'no kill cut a write off: the load was none'),
    details(unexpected, 5),
  );
};

/** A process that is killed at any moment under load comes back with every write that it acknowledged. */
const kill9Property = async (options: Kill9Options): Promise<Outcome> => {
  const scratch = scratchFolder();
  const run = new Run(join(scratch, 'data'), options);
  try {
    await run.all();
    return outcomeOf(run, options);
  } finally {
    removeFolder(scratch);
  }
};

export default property({
  name: 'kill9',
  title: 'kill -9 under load',
  shows: 'An acknowledged write survives kill -9 of the whole process.',
  servers: [],
  quick: { kills: 3, keys: 60, writers: 8, writesBetween: 100 },
  full: { kills: 20, keys: 200, writers: 16, writesBetween: 500 },
  run: kill9Property,
});
