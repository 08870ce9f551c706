import { processOf, type GrantRecord, type LogEntry, type LogOffset } from '@coffer/coherence';

/** A gateway that caches, as the coordinators of its shards tell of it. */
export interface SeenGateway {
  readonly id: string;
  /** The number of shards for which it holds a lease now. */
  readonly leases: number;
  /** When it was last granted a lease, in milliseconds since the Unix epoch by the log's clock. */
  readonly lastSeenMs: number;
}

/** A shard or a partition, which process has it, and since when by the log's clock. */
export interface Held {
  readonly of: number;
  /** One life of a process; absent where its version of Coffer does not say it. */
  readonly process: string | undefined;
  readonly sinceMs: number;
}

export interface ProcessObserverOptions {
  /** The longest that a lease counts after its record. */
  readonly leaseMs: number;
  readonly now: () => number;
}

/** Gateways that are remembered; beyond them those not seen for longest are forgotten. */
export const MAX_GATEWAYS = 1_000;
/** A gateway that has held no lease for so long is not shown any more. */
export const FORGET_AFTER_MS = 300_000;

const heldBy = (claim: string, of: number, sinceMs: number): Held => ({ of, process: processOf(claim), sinceMs });

/** What the coherence log tells of all processes of a deployment. Those of which it says nothing are not known here. */
export class ProcessObserver {
  /** When each was granted its latest lease, by shard. */
  readonly #gateways = new Map<string, Map<number, number>>();
  readonly #coordinators = new Map<number, Held & { readonly epoch: LogOffset }>();
  readonly #workers = new Map<number, Held>();

  constructor(private readonly options: ProcessObserverOptions) {}

  read({ shard, offset, timestamp, record }: LogEntry): void {
    if (record.type === 'EPOCH') {
      this.#coordinators.set(shard, { epoch: offset, ...heldBy(record.claim, shard, timestamp) });
    } else if (record.type === 'OWNER') {
      this.#workers.set(record.partition, heldBy(record.claim, record.partition, timestamp));
    } else if (record.type === 'HANDOVER' && this.#counts(shard, record.epoch)) this.#coordinators.delete(shard);
    else if (record.type === 'GRANT' && this.#counts(shard, record.epoch)) this.#grant(shard, timestamp, record);
  }

  /** Those seen last come first. */
  get gateways(): readonly SeenGateway[] {
    const now = this.options.now();
    return [...this.#gateways]
      .map(([id, shards]): SeenGateway => {
        const times = [...shards.values()];
        const leases = times.filter((at) => at + this.options.leaseMs > now).length;
        return { id, leases, lastSeenMs: Math.max(...times) };
      })
      .filter(({ lastSeenMs }) => lastSeenMs + FORGET_AFTER_MS > now)
      .sort((a, b) => b.lastSeenMs - a.lastSeenMs);
  }

  /** The coordinator of each shard, in the order of the shards. */
  get coordinators(): readonly Held[] {
    return [...this.#coordinators.values()].sort((a, b) => a.of - b.of);
  }

  /** The worker of each partition, in the order of the partitions. */
  get workers(): readonly Held[] {
    return [...this.#workers.values()].sort((a, b) => a.of - b.of);
  }

  /** A record of an epoch that is over is void; where its beginning was not read, that is not known. */
  #counts(shard: number, epoch: LogOffset): boolean {
    const known = this.#coordinators.get(shard);
    return known === undefined || known.epoch === epoch;
  }

  #grant(shard: number, timestamp: number, { leases }: GrantRecord): void {
    for (const { instance } of leases) {
      const shards = this.#gateways.get(instance) ?? new Map<number, number>();
      // At the end: the first one is the one not seen for longest.
      this.#gateways.delete(instance);
      this.#gateways.set(instance, shards.set(shard, timestamp));
    }
    for (const id of this.#gateways.keys()) {
      if (this.#gateways.size <= MAX_GATEWAYS) return;
      this.#gateways.delete(id);
    }
  }
}
