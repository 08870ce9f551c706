import { residentBytes } from '@coffer/test-servers/process-facts';
import { seriesOf } from '../../cluster/cache-sources.js';

/** Bytes: the smaller of the two units that go by this name. */
const MB = 1_000_000;

/** A process that is watched. */
export interface Watched {
  readonly name: string;
  readonly pid: number;
  /** Where its metrics are. */
  readonly url: string;
}

export interface Sample {
  /** Since the load began, in seconds. */
  readonly at: number;
  /** Writes that were answered with 200 so far. */
  readonly written: number;
  /** Resident, in MB, by process. */
  readonly residentMb: ReadonlyMap<string, number>;
  /** What all processes say they remember of operations, in bytes, by process. */
  readonly operationsBytes: ReadonlyMap<string, number>;
}

const operationsBytes = async ({ url }: Watched, token: string): Promise<number> => {
  const answer = await fetch(new URL('/metrics', url), { headers: { authorization: `Bearer ${token}` } });
  const budgets = seriesOf(await answer.text(), 'coffer_budget_bytes', 'budget');
  return (budgets['operations'] ?? 0) + (budgets['worker-operations'] ?? 0);
};

export const takeSample = async (
  watched: readonly Watched[],
  token: string,
  at: number,
  written: number,
): Promise<Sample> => {
  const bytes = await Promise.all(watched.map((each) => operationsBytes(each, token)));
  return {
    ...{ at, written },
    residentMb: new Map(watched.map(({ name, pid }) => [name, residentBytes(pid) / MB])),
    operationsBytes: new Map(watched.map(({ name }, index) => [name, bytes[index] ?? 0])),
  };
};

/** Growth per minute by least squares, in MB. */
export const slopeMbPerMinute = (samples: readonly Sample[], name: string): number => {
  const points = samples.map(({ at, residentMb }) => [at / 60, residentMb.get(name) ?? 0] as const);
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const [above, below] = [mean(([x, y]) => (x - meanX) * (y - meanY)), mean(([x]) => (x - meanX) ** 2)];
  return below === 0 ? 0 : above / below;
};
