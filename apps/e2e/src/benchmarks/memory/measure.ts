import { DEFAULT_TIMING } from '@coffer/coherence';
import { aimAtMost, assert, combine, printError, show, type Outcome } from '../../harness/outcome.js';
import { slopeMbPerMinute, takeSample, type Sample, type Watched } from './samples.js';
import { WriteLoad } from './write-load.js';

export interface MemoryOptions {
  /** Named in the figures. */
  readonly subject: string;
  readonly watched: readonly Watched[];
  readonly url: string;
  readonly token: string;
  /** How long the load lasts. */
  readonly seconds: number;
  /** How long the processes are watched after it. */
  readonly afterSeconds: number;
  readonly sampleSeconds: number;
  /** Most memory that the first process may take, at every sample of the load. Defaults to no limit. */
  readonly aimMb?: number;
}

/** What a window remembers costs at most so much an operation. */
const AIM_BYTES = 150;
/** Least-squares growth of what is resident: 150 bytes that each of 300 writes a second leaves behind are more than this. */
const AIM_GROWTH_MB = 2;
/** Fewest operations that show their cost: with fewer, most of it is the tables' smallest sizes. */
const MIN_OPERATIONS = 20_000;
/** From here on nothing may grow: the window, the slice of it that is dropped last, and a minute. */
const STEADY_FROM_S = (DEFAULT_TIMING.windowMs * 9) / 8 / 1_000 + 60;

const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

const line = ({ at, written, residentMb }: Sample, rate: number): string => {
  const processes = Array.from(residentMb, ([name, mb]) => `${name} ${mb.toFixed(0)} MB`).join(', ');
  return `${(at / 60).toFixed(1)} min: ${processes}; ${written} writes, ${rate.toFixed(0)}/s`;
};

/** The memory of processes under as many writes as they take, and after them. */
export const measureMemory = async (options: MemoryOptions): Promise<Outcome> => {
  const { watched, token, seconds, afterSeconds, sampleSeconds } = options;
  const load = new WriteLoad({ ...options, lanes: 16, keys: 2_000, valueBytes: 200, keyedEvery: 10 });
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1_000;
  const samples: Sample[] = [];
  const watch = async (until: number): Promise<void> => {
    while (elapsed() < until) {
      await pause(Math.min(sampleSeconds, Math.max(0, until - elapsed())));
      const sample = await takeSample(watched, token, elapsed(), load.written);
      const before = samples.at(-1) ?? { at: 0, written: 0 };
      samples.push(sample);
      printError(line(sample, (sample.written - before.written) / (sample.at - before.at)));
    }
  };
  load.start();
  await watch(seconds);
  const during = samples.length;
  await load.stop();
  await watch(seconds + afterSeconds);
  return outcomeOf(options, load, samples.slice(0, during), samples);
};

const outcomeOf = (
  { subject, watched, aimMb, afterSeconds }: MemoryOptions,
  load: WriteLoad,
  during: readonly Sample[],
  all: readonly Sample[],
): Outcome => {
  const [last, end] = [during.at(-1), all.at(-1)];
  if (last === undefined || end === undefined) throw new Error('no sample was taken');
  const steady = during.filter(({ at }) => at >= STEADY_FROM_S);
  const outcomes = watched.map(({ name }) => {
    const about = `${subject}: ${name}`;
    const at = [10, 20, 30].flatMap((minute) => {
      const sample = during.find(({ at }) => at >= minute * 60 - 1);
      return sample === undefined ? [] : [mb(`${about}, after ${minute} min`, sample.residentMb.get(name))];
    });
    const growth = steady.length < 3 ? [] : [slope(about, slopeMbPerMinute(steady, name))];
    const after = afterSeconds > 0 ? [mb(`${about}, ${afterSeconds} s after the load`, end.residentMb.get(name))] : [];
    return combine(...at, mb(`${about}, at the end of the load`, last.residentMb.get(name)), ...growth, ...after);
  });
  const most = Math.max(...during.map(({ residentMb }) => residentMb.get(watched[0]?.name ?? '') ?? 0));
  const tooMuch =
    aimMb !== undefined && most > aimMb ? [`${subject} takes ${most.toFixed(0)} MB, more than ${aimMb}`] : [];
  const [windowFrom] = [...during].reverse().filter(({ at }) => at <= last.at - DEFAULT_TIMING.windowMs / 1_000);
  const operations = last.written - (windowFrom?.written ?? 0);
  const bytes = [...last.operationsBytes.values()].reduce((sum, each) => sum + each, 0) / operations;
  const costs = Number(bytes.toFixed(1));
  const refused = [...load.statuses].filter(([status]) => status !== 200).reduce((sum, [, count]) => sum + count, 0);
  return combine(
    show(`${subject}: writes`, Math.round(last.written / last.at), 'writes per second'),
    show(`${subject}: writes not answered with 200`, refused, 'writes'),
    ...outcomes,
    assert(refused <= last.written / 1_000, `${refused} writes were not answered with 200`),
    operations < MIN_OPERATIONS
      ? show(`${subject}: remembered of an operation of the window`, costs, 'bytes')
      : aimAtMost(`${subject}: remembered of an operation of the window`, costs, 'bytes', AIM_BYTES),
    { figures: [], problems: [], missed: tooMuch },
  );
};

const mb = (figure: string, value = NaN): Outcome => show(figure, Math.round(value), 'MB resident');

const slope = (about: string, value: number): Outcome =>
  aimAtMost(`${about}, growth once the window is full`, Number(value.toFixed(2)), 'MB per minute', AIM_GROWTH_MB);
