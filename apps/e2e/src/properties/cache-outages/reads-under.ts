import { setTimeout as pause } from 'node:timers/promises';
import { between, sourcesOf, type Sources } from '../../cluster/cache-sources.js';
import type { Cluster } from '../../cluster/index.js';
import type { Traffic, Write } from '../../workload/traffic.js';
import { until } from '../../harness/index.js';

/** What happened between the fault and its end. Times in milliseconds. */
export interface Outage {
  /** Reads begun while the server was away. */
  readonly reads: number;
  /** From a lease's length after the fault to its end. */
  readonly sources: Sources;
  readonly writes: readonly Write[];
  /** From the server's return until hits are served again and a write goes through. */
  readonly back: number;
}

/** A lease and the error of a clock, and what a busy machine adds: from then on nobody holds a lease of before. */
export const LEASES_OVER_MS = 3_000;
/** Bounds a failure only. */
const TIMEOUT_MS = 180_000;

/** Whether every gateway has answered a read that began since it had answered as many as `before`. */
const allRead = (traffic: Traffic, before: readonly number[]): boolean =>
  traffic.answeredReads.every((answered, place) => answered > (before[place] ?? 0) + 1);

/**
 * Reads and writes through all gateways while one of the servers is killed, for `seconds`, and until every gateway has
 * answered reads and `enough` holds of the writes since it was killed.
 */
export const trafficWithout = async (
  cluster: Cluster,
  traffic: Traffic,
  server: 'broker' | 'redis',
  seconds: number,
  enough: (writes: readonly Write[]) => boolean = () => true,
): Promise<Outage> => {
  let over = false;
  const run = traffic.run(() => over);
  const gateways = cluster.of('gateway');
  let outage: Outage | undefined;
  try {
    await until('every key is written and read', () => traffic.acknowledged >= 60 && traffic.reads >= 200, TIMEOUT_MS);
    const began = performance.now();
    let ended = began;
    let [reads, sources] = [traffic.reads, { l1: 0, l2: 0, store: 0 }];
    await cluster.without(server, async () => {
      const killed = performance.now();
      const sent = () => traffic.writes.filter((write) => write.sent >= killed);
      await pause(LEASES_OVER_MS);
      const before = await sourcesOf(gateways, cluster.token);
      const answered = [...traffic.answeredReads];
      await pause(seconds * 1_000 - LEASES_OVER_MS);
      await until(
        `reads go on, and writes as they should, without ${server}`,
        () => allRead(traffic, answered) && enough(sent()),
        TIMEOUT_MS,
      );
      sources = between(before, await sourcesOf(gateways, cluster.token));
      reads = traffic.reads - reads;
      ended = performance.now();
    });
    const revived = performance.now();
    const { acknowledged } = traffic;
    await until('writes go through again', () => traffic.acknowledged >= acknowledged + 10, TIMEOUT_MS);
    await cluster.hitsAreServed();
    const writes = traffic.writes.filter(({ sent }) => sent >= began && sent < ended);
    outage = { reads, sources, writes, back: performance.now() - revived };
  } finally {
    over = true;
    await run;
  }
  return outage;
};
