/** What one slice of time brought. */
export interface Sample {
  /** Milliseconds. */
  readonly p50: number;
  /** Secrets, not calls: a batch has many. */
  readonly perSecond: number;
  /** Milliseconds of processor for one secret, where the variant tells what it uses. */
  readonly processor?: number;
}

/** One way of doing the same thing, of those that are compared. */
export interface Variant {
  readonly name: string;
  /** Calls under way at the same time. */
  readonly concurrency: number;
  /** Secrets in one call. */
  readonly secrets: number;
  /** Calls that go by until the compilers of a process are done with it; default: none, but for the first round. */
  readonly warming?: number;
  /** What the process that is measured has used of processors so far, in milliseconds. */
  readonly processorTime?: () => number;
  /** Rejects when the answer is not the one expected. */
  call(lane: number): Promise<void>;
}

export const medianOf = (numbers: readonly number[]): number => {
  const sorted = Float64Array.from(numbers).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
};

/** Calls as fast as answers come, for `milliseconds` and at least once a lane. Every latency counts, exactly. */
export const sample = async (variant: Variant, milliseconds: number): Promise<Sample> => {
  const latencies: number[] = [];
  const used = variant.processorTime?.() ?? NaN;
  const began = performance.now();
  const run = async (lane: number): Promise<void> => {
    let now = performance.now();
    do {
      const sent = now;
      await variant.call(lane);
      now = performance.now();
      latencies.push(now - sent);
    } while (now - began < milliseconds);
  };
  await Promise.all(Array.from({ length: variant.concurrency }, (_, lane) => run(lane)));
  const seconds = (performance.now() - began) / 1000;
  const secrets = latencies.length * variant.secrets;
  const processor = variant.processorTime && { processor: (variant.processorTime() - used) / secrets };
  return { p50: medianOf(latencies), perSecond: secrets / seconds, ...processor };
};

/** As many calls as the variant says, however long they take. Nothing is measured. */
export const warm = async ({ warming = 0, concurrency, call }: Variant): Promise<void> => {
  let left = warming;
  const run = async (lane: number): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call(lane);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, lane) => run(lane)));
};

export type Round = ReadonlyMap<string, Sample>;

/** Long enough for a median, short enough that a disturbance hits a few slices only. */
const SLICE_MS = 250;
const MIN_ROUNDS = 3;

/**
 * The variants one after the other, again and again, every second round from the last to the first: so whatever else the
 * machine does comes upon all of them, and none gains by its place. The first round warms up and does not count. `about`: a
 * slice's length in milliseconds, which more rounds may shorten.
 */
export const runRounds = async (
  variants: readonly Variant[],
  seconds: number,
  about = SLICE_MS,
): Promise<readonly Round[]> => {
  const count = Math.max(MIN_ROUNDS, Math.round((seconds * 1000) / (variants.length * about)));
  const slice = (seconds * 1000) / (variants.length * (count + 1));
  const rounds: Round[] = [];
  for (let round = 0; round <= count; round += 1) {
    const samples = new Map<string, Sample>();
    const order = round % 2 === 1 ? variants : variants.toReversed();
    for (const variant of order) samples.set(variant.name, await sample(variant, slice));
    if (round > 0) rounds.push(samples);
  }
  return rounds;
};
