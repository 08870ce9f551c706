import { randomUUID } from 'node:crypto';
import type { LogEntry } from '@coffer/coherence';
import type { ProbeConfiguration } from '@coffer/config';
import type { MessageSealer } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';
import type { ReadService } from '@coffer/reads';
import { SecretValue } from '@coffer/secrets';
import type { WriteService } from '@coffer/writes';

export interface CoherenceProbeOptions extends ProbeConfiguration {
  readonly reads: Pick<ReadService, 'resolve'>;
  readonly writes: Pick<WriteService, 'write'>;
  readonly sealer: Pick<MessageSealer, 'openOutcome'>;
  readonly metrics: Metrics;
  readonly logger: Pick<Logger, 'error' | 'debug'>;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** Reads for each write. */
const READS = 10;
/** Writes that are remembered. */
const MEMORY = 100;

/**
 * A secret of Coffer's own. One gateway or another writes a new mark into it about once in the configured time, and all
 * of them read it ten times as often, the way everybody reads: no read may show another mark than that of the latest
 * write that this gateway had read of in the log when the read began, or of a later one.
 */
export class CoherenceProbe {
  /** Marks of the writes read in the log, oldest first. */
  #marks: string[] = [];
  #writtenAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: CoherenceProbeOptions) {}

  start(): void {
    this.#timer = setInterval(() => void this.probe(), this.options.every / READS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  read({ record }: LogEntry): void {
    const { path, sealer, now } = this.options;
    if (record.type !== 'COMMIT' || record.path !== path.toString()) return;
    this.#writtenAt = now();
    try {
      const { description } = sealer.openOutcome(path, record.operation, record.sealed).metadata;
      if (description !== undefined) this.#marks = [...this.#marks.slice(1 - MEMORY), description];
    } catch {
      // A write that carries no mark says nothing.
    }
  }

  /** One read, after a write where one is due. Never throws. */
  async probe(): Promise<void> {
    const { metrics, logger } = this.options;
    try {
      await this.#writeIfDue();
      const earlier = this.#marks.slice(0, -1);
      const shown = await this.#shown();
      const stale = earlier.includes(shown);
      if (stale) logger.error('the canary secret was read older than a write in the log: a cache is not coherent');
      metrics.canaryReads.inc({ outcome: stale ? 'stale' : 'fresh' });
    } catch (err) {
      logger.debug({ err }, 'the canary secret could not be written or read');
      metrics.canaryReads.inc({ outcome: 'failed' });
    }
  }

  async #shown(): Promise<string> {
    const { reads, path } = this.options;
    const { value } = await reads.resolve({ path, inherit: false, visible: () => true });
    return value.reveal();
  }

  async #writeIfDue(): Promise<void> {
    const { now, every, writes, path } = this.options;
    // Gateways that find it due at the same time are spread, and see each other's write.
    if (now() - this.#writtenAt < every * (1 + Math.random())) return;
    const mark = randomUUID();
    this.#writtenAt = now();
    const metadata = { description: mark, tags: [] };
    await writes.write({ kind: 'put', path, value: new SecretValue(mark), metadata }, { principal: 'coffer:canary' });
  }
}
