import { createRequire } from 'node:module';
import { LRUCache } from 'lru-cache';
import { build } from './build.ts';
import type { LogRecord } from '@coffer/coherence';
import type { Fence } from '@coffer/secrets';

const help = `Measures what the protocol adds to a hit: an entry found in an lru-cache and judged by the reader, beside the bare
lru-cache, with as many entries as a cache has by default. Median of many short stretches taken in turn.

  node tools/run.mjs workspace/reader-bench`;

const ENTRIES = 1_000;
const STRETCH = 200;
const ROUNDS = 10_000;

/** Returns nanoseconds for each of a stretch. */
const time = (run: () => void): number => {
  const began = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - began) / STRETCH;
};

const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? NaN;

async function measure() {
  await build();
  const require = createRequire(import.meta.url);
  const { DEFAULT_TIMING, ElapsedTime, Reader } = require('@coffer/coherence') as typeof import('@coffer/coherence');
  const clock = { monotonic: () => performance.now(), wall: () => Date.now() };
  const elapsed = new ElapsedTime(clock);
  // A lease that outlasts the measurement.
  const timing = { ...DEFAULT_TIMING, lease: 3_600_000 };
  const reader = new Reader({ shard: 0, instance: 'bench', timing, mode: 'strict' });
  reader.handle({ type: 'replay' }, elapsed.now());
  const paths = Array.from({ length: ENTRIES }, (_, index) => `main/company.team/KEY_${index}`);
  const cache: LRUCache<string, { tag: bigint; expires: number }> = new LRUCache({
    max: ENTRIES,
    ttl: 60_000,
    ttlResolution: 0,
  });
  let offset = 0n;
  const read = (record: LogRecord) =>
    reader.handle(
      { type: 'log', entry: { shard: 0, offset: (offset += 1n), timestamp: Date.now(), record } },
      elapsed.now(),
    );
  read({ type: 'GRANT', epoch: 0n, leases: [{ instance: 'bench', nonce: 0 }] });
  paths.forEach((path, index) => {
    // Half of the keys have been written within the window.
    const fence = ((1n << 48n) + BigInt(index)) as Fence;
    const written = { partition: 0, owner: 0n, path, fence, operation: 'bench', kind: 'put' as const };
    if (index % 2 === 0) {
      read({ type: 'COMMIT', ...written, fingerprint: '', outcome: 'applied', sealed: new Uint8Array() });
    }
    cache.set(path, { tag: reader.fence(path), expires: Infinity });
  });

  let [next, hits] = [0, 0];
  const pick = () => paths[(next = (next + 619) % ENTRIES)] ?? '';
  const bare = () => {
    for (let count = 0; count < STRETCH; count += 1) if (cache.get(pick()) !== undefined) hits += 1;
  };
  const judged = () => {
    for (let count = 0; count < STRETCH; count += 1) {
      const path = pick();
      const entry = cache.get(path);
      if (entry !== undefined && reader.hit(path, entry, elapsed.now())) hits += 1;
    }
  };
  const own = () => {
    const entry = { tag: 1n << 60n, expires: Infinity };
    for (let count = 0; count < STRETCH; count += 1) if (reader.hit(pick(), entry, elapsed.now())) hits += 1;
  };
  const taken: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    [bare, judged, own].forEach((run, place) => taken[place]?.push(time(run)));
  }
  if (hits !== 3 * ROUNDS * STRETCH) throw new Error('not every read was a hit');
  const [bareTime, judgedTime, ownTime] = taken.map(median);
  const figures = [
    { figure: 'lru-cache alone, p50 of a hit', value: Math.round(bareTime ?? 0), unit: 'ns' },
    { figure: 'lru-cache and reader, p50 of a hit', value: Math.round(judgedTime ?? 0), unit: 'ns' },
    {
      figure: 'reader alone, clock included, p50 of a hit',
      value: Math.round(ownTime ?? 0),
      unit: 'ns',
      aim: '<= 2000',
    },
  ];
  for (const figure of figures) console.log(JSON.stringify(figure));
}

if (process.argv.slice(2).some((argument) => ['--help', '-h'].includes(argument))) console.log(help);
else await measure();
