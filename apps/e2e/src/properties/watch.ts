import { checkHistory, type Operation } from '@coffer/coherence/history';
import { medianOf } from '../benchmarks/comparison/sample.js';
import { Cluster, THREE_GATEWAYS } from '../cluster/index.js';
import { until, type Api } from '../harness/index.js';
import { aimAtMost, assert, assertEqual, combine, show, type Outcome } from '../harness/outcome.js';
import { property } from '../harness/property.js';
import { idleBytesPerWatcher } from './watch/idle-memory.js';
import { StreamWatcher, type NotifiedChange } from './watch/watcher.js';

interface WatchOptions {
  readonly watchers: number;
  readonly writes: number;
  readonly writers: number;
  readonly kills: number;
  /** Idle watchers whose memory is measured; one caller may have 250. */
  readonly idle: number;
}

const NAMESPACE = 'watch';
const KEYS_PER_WRITER = 4;
/** One in so many events is followed by a read. */
const READ_EVERY = 20;
const WRITE_ATTEMPTS = 40;
const RETRY_DELAY_MS = 100;
/** Every other watcher that loses its gateway stays away until so many more writes have been acknowledged. */
const MISSED_WRITES = 3;
/** Bounds a failure only. */
const ABSENCE_TIMEOUT_MS = 600_000;

const micros = (): number => Math.round(performance.now() * 1_000);

class Run {
  readonly history: Operation[] = [];
  /** When each write was acknowledged, by key and revision. */
  readonly acknowledged = new Map<string, number>();
  readonly written = new Map<string, number>();
  /** Some of the events that came, and when. */
  readonly #received: { readonly write: string; readonly at: number }[] = [];
  readonly watchers: StreamWatcher[];
  #reads: Promise<void>[] = [];
  #notified = 0;
  #writes = 0;
  #isWritten = false;
  /** Acknowledged while a watcher was away, of all watchers. */
  missedWrites = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: WatchOptions,
  ) {
    this.watchers = Array.from(
      { length: options.watchers },
      (_, number) =>
        new StreamWatcher({
          token: cluster.token,
          // Another gateway each time: one that is dead is not among them any more.
          address: (connection) => {
            const gateways = this.cluster.of('gateway');
            return gateways[(number + connection) % gateways.length]?.address ?? '';
          },
          notified: (change) => this.#heard(number, change),
          absence: () => this.#absence(number),
        }),
    );
  }

  async all(): Promise<void> {
    for (const watcher of this.watchers) watcher.connect();
    await until('every watcher is connected', () => this.watchers.every(({ ready }) => ready));
    const killing = this.#kills();
    const { writers } = this.options;
    await Promise.all(Array.from({ length: writers }, (_, writer) => this.#write(writer)));
    this.#isWritten = true;
    await killing;
    await until('everybody was told of everything', () =>
      this.watchers.every((watcher) => this.#missing(watcher) === 0),
    ).catch(() => undefined);
    for (const watcher of this.watchers) watcher.close();
    await Promise.all(this.#reads);
  }

  /** In milliseconds; below 0 for an event that came before its writer heard of the end. */
  get latencies(): readonly number[] {
    return this.#received.flatMap(({ write, at }) => {
      const acknowledged = this.acknowledged.get(write);
      return acknowledged === undefined ? [] : [at - acknowledged];
    });
  }

  get lost(): number {
    return this.watchers.reduce((sum, watcher) => sum + this.#missing(watcher), 0);
  }

  get doubled(): number {
    return this.watchers.reduce(
      (sum, { revisions }) =>
        sum + [...revisions.values()].reduce((more, notified) => more + notified.length - new Set(notified).size, 0),
      0,
    );
  }

  get outOfOrder(): number {
    return this.watchers.reduce(
      (sum, { revisions }) =>
        sum +
        [...revisions.values()].reduce(
          (more, notified) => more + notified.filter((each, at) => each < (notified[at - 1] ?? 0)).length,
          0,
        ),
      0,
    );
  }

  #missing({ revisions }: StreamWatcher): number {
    let missing = 0;
    for (const [key, count] of this.written) missing += count - new Set(revisions.get(key)).size;
    return missing;
  }

  /** Each key has one writer, who repeats a write under its Idempotency-Key until it is acknowledged: revisions count writes. */
  async #write(writer: number): Promise<void> {
    const { writes, writers } = this.options;
    for (let round = 0; round < writes / writers; round += 1) {
      const key = `K${writer}_${round % KEYS_PER_WRITER}`;
      const revision = (this.written.get(key) ?? 0) + 1;
      const start = micros();
      await this.#put(writer + round, key, revision);
      this.written.set(key, revision);
      this.acknowledged.set(`${key} ${revision}`, performance.now());
      this.#writes += 1;
      const end = micros();
      this.history.push({ op: 'write', key, version: revision, start, end, instance: 'writer', outcome: 'ok' });
    }
  }

  async #put(turn: number, key: string, revision: number): Promise<void> {
    const headers = { 'idempotency-key': `${key} ${revision}` };
    for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt += 1) {
      const { gateways } = this.cluster;
      const gateway = gateways[(turn + attempt) % gateways.length] as Api;
      const answer = await gateway
        .put(NAMESPACE, { key, value: `${key} #${revision}` }, headers)
        .catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    }
    throw new Error(`write ${revision} of ${key} was never acknowledged`);
  }

  async #absence(watcher: number): Promise<void> {
    const before = this.#writes;
    const isOver = (): boolean => this.#isWritten || this.#writes >= before + MISSED_WRITES;
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
    // Before the first write everybody has to be there.
    if (before > 0 && watcher % 2 === 1) await until('writes go on', isOver, ABSENCE_TIMEOUT_MS);
    this.missedWrites += this.#writes - before;
  }

  /** One gateway after the other is killed and another started, spread over the writes. */
  async #kills(): Promise<void> {
    const { kills, writes } = this.options;
    for (let kill = 1; kill <= kills; kill += 1) {
      await until('it is time to kill a gateway', () => this.#writes >= (kill * writes) / (kills + 1), 600_000);
      const [gateway] = this.cluster.of('gateway');
      if (gateway !== undefined) await this.cluster.end(gateway);
      await this.cluster.start('gateway');
    }
  }

  #heard(watcher: number, { key, revision, at }: NotifiedChange): void {
    const instance = `watcher ${watcher}`;
    const time = Math.round(at * 1_000);
    this.#notified += 1;
    if (this.#notified % READ_EVERY !== 0) return;
    this.#received.push({ write: `${key} ${revision}`, at });
    this.history.push({ op: 'read', key, version: revision, start: time, end: time, instance, outcome: 'ok' });
    this.#reads.push(this.#read(watcher, key));
  }

  /** Reads the key through one gateway after another, whichever has notified the watcher. */
  async #read(watcher: number, key: string): Promise<void> {
    const { gateways } = this.cluster;
    const number = (watcher + this.#notified) % gateways.length;
    const start = micros();
    const answer = await gateways[number]?.value(NAMESPACE, key).catch(() => undefined);
    if (answer?.status !== 200) return;
    const version = Number(answer.json<{ value: string }>().value.split(' #')[1]);
    const cached = /hit/.test(answer.headers.get('cache-status') ?? '') ? { cache: 'l1' as const } : {};
    const end = micros();
    this.history.push({
      op: 'read',
      key,
      version,
      start,
      end,
      instance: `gateway ${number}`,
      outcome: 'ok',
      ...cached,
    });
  }
}

const watched = (cluster: Cluster, options: WatchOptions) => async (): Promise<Outcome> => {
  const run = new Run(cluster, options);
  await run.all();
  const received = run.watchers.reduce((sum, { revisions }) => sum + [...revisions.values()].flat().length, 0);
  const { stale, inversions, impossible, reads, cached } = checkHistory(run.history);
  const connections = run.watchers.reduce((sum, watcher) => sum + watcher.connections, 0);
  return combine(
    show('Events received', received, 'events'),
    show('Writes while a watcher was away, which it was told of when it came back', run.missedWrites, 'events'),
    assert(options.kills === 0 || run.missedWrites > 0, 'no watcher missed anything, so none had to resume'),
    show('Connections of watchers', connections, `connections of ${options.watchers} watchers`),
    assertEqual('Events that a watcher was not told of', run.lost, 'events', 0),
    assertEqual('Events that a watcher was told of twice', run.doubled, 'events', 0),
    assertEqual('Events of a secret out of their order', run.outOfOrder, 'events', 0),
    assertEqual(
      'Demands to fetch everything anew',
      run.watchers.reduce((sum, { resyncs }) => sum + resyncs, 0),
      'events',
      0,
    ),
    show('Reads that followed an event', reads, `reads, ${cached} of them from a cache`),
    assertEqual('Reads older than an event or a write before them', stale.length + inversions.length, 'reads', 0),
    assertEqual('Reads of what was never written', impossible.length, 'reads', 0),
    aimAtMost(
      'Event received after its write was acknowledged, p50',
      Math.round(medianOf(run.latencies) * 10) / 10,
      'ms',
      20,
    ),
  );
};

export default property({
  name: 'watch',
  title: 'The change stream',
  shows:
    'Watchers of three gateways are told of every write once, in order, while gateways are killed and watchers resume at another one; no read that follows an event is older than it.',
  servers: ['postgresql'],
  ownServers: ['kafka', 'redis'],
  quick: { watchers: 30, writes: 300, writers: 6, kills: 1, idle: 100 },
  quickFigures: ['Events that a watcher was not told of', 'Memory of an idle watcher'],
  full: { watchers: 200, writes: 10_000, writers: 10, kills: 3, idle: 240 },
  run: async (options) => {
    const bytes = await idleBytesPerWatcher(options.idle);
    const cluster = { counts: THREE_GATEWAYS, cache: { enabled: true } } as const;
    return combine(
      await Cluster.use(cluster, (opened) => watched(opened, options)()),
      aimAtMost('Memory of an idle watcher', Math.round(bytes / 102.4) / 10, 'KiB', 30),
    );
  },
});
