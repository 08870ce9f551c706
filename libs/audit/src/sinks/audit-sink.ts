import { setTimeout as pause } from 'node:timers/promises';
import { Chain, type ChainEnd } from '../chain/chain.js';
import { beginBody, endBody, lostBody } from '../chain/chain-records.js';
import type { AuditDestination, SinkMetrics } from './audit-destination.js';
import type { RecordGroup } from './record-group.js';

/** Below what one request to Kafka may have. */
const MAX_WRITE_BYTES = 512 * 1_024;
const RETRY_DELAYS_MS = [20, 50, 100, 250, 500, 1_000];

export interface AuditSinkOptions {
  /** Names it in metrics and the log. */
  readonly name: string;
  /** The role of this process. */
  readonly process: string;
  readonly destination: AuditDestination;
  /** Bytes of records that may wait for the destination. */
  readonly queueMaxBytes: number;
  readonly metrics: SinkMetrics;
  /** Called when writing begins to fail, with the error, and when it goes on, without one. */
  readonly onTrouble: (error: unknown) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Writes groups of records to one destination, in their order, each again until it was taken; chains their lines. */
export class AuditSink {
  readonly #queue: RecordGroup[] = [];
  #queuedBytes = 0;
  #lost = 0;
  #running: Promise<void> | undefined;
  #chain: Chain | undefined;
  #previousEnd: ChainEnd | undefined;
  #isReopening = false;
  #isClosing = false;
  #isFailing = false;
  readonly #abort = new AbortController();

  constructor(private readonly options: AuditSinkOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** Of the queue. */
  get memory(): { readonly bytes: number; readonly limitBytes: number } {
    return { bytes: this.#queuedBytes, limitBytes: this.options.queueMaxBytes };
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#queuedBytes + bytes <= this.options.queueMaxBytes && !this.#isClosing;
  }

  /** Returns false, and counts the records as lost here, where the queue has no room. */
  offer(group: RecordGroup): boolean {
    if (!this.hasRoomFor(group.bytes)) {
      this.#lost += group.size;
      this.options.metrics.lost(group.size);
      return false;
    }
    this.#queue.push(group);
    this.#queuedBytes += group.bytes;
    this.#running ??= this.#run();
    return true;
  }

  /** The next line is written to what then stands under the destination's name, as the first of a new chain. */
  reopen(): void {
    this.#isReopening = true;
  }

  /** Writes what waits, for so long at most, and the end of the chain. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    await Promise.race([this.#finish(), pause(timeoutMs, undefined, { signal: this.#abort.signal })]).catch(
      () => undefined,
    );
    this.#abort.abort();
    await this.options.destination.close();
    for (const group of this.#queue.splice(0)) group.giveUp();
  }

  async #finish(): Promise<void> {
    await this.#running;
    if (this.#chain === undefined) return;
    await this.options.destination.write(this.#chain.line(endBody(this.options.now())));
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0) await this.#writeNext(await this.#opened());
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    } finally {
      this.#running = undefined;
    }
  }

  async #writeNext(chain: Chain): Promise<void> {
    const groups = this.#take();
    const { lines, count } = this.#linesOf(chain, groups);
    if (lines !== '') await this.#untilDone(() => this.options.destination.write(lines));
    for (const group of groups) {
      this.#queuedBytes -= group.bytes;
      group.taken();
    }
    this.options.metrics.written(count);
  }

  /** The chain to write to, begun where there is none. */
  async #opened(): Promise<Chain> {
    const { destination, process, now } = this.options;
    if (this.#isReopening && this.#chain !== undefined) {
      this.#previousEnd = this.#chain.end;
      this.#chain = undefined;
      await destination.close();
    }
    this.#isReopening = false;
    if (this.#chain !== undefined) return this.#chain;
    const { torn, continues: found } = await this.#untilDone(() => destination.open());
    const continues = this.#previousEnd ?? found;
    const chain = new Chain();
    const line = chain.line(beginBody(process, { continues, ...(torn === true && { torn }) }, now()));
    await this.#untilDone(() => destination.write(line));
    this.#chain = chain;
    return chain;
  }

  #take(): readonly RecordGroup[] {
    let bytes = 0;
    let count = 0;
    for (const group of this.#queue) {
      if (count > 0 && bytes + group.bytes > MAX_WRITE_BYTES) break;
      bytes += group.bytes;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #linesOf(chain: Chain, groups: readonly RecordGroup[]): { readonly lines: string; readonly count: number } {
    let lines = '';
    let count = 0;
    if (this.#lost > 0) {
      lines += chain.line(lostBody(this.#lost, this.options.now()));
      this.#lost = 0;
    }
    for (const group of groups) {
      for (const body of group.bodies()) {
        lines += chain.line(body);
        count += 1;
      }
    }
    return { lines, count };
  }

  /** Again and again until it succeeds; throws once the sink is closed. */
  async #untilDone<T>(attempt: () => Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    for (let failures = 0; ; failures += 1) {
      try {
        const result = await attempt();
        if (this.#isFailing) this.#recovered();
        return result;
      } catch (error) {
        signal.throwIfAborted();
        this.#failed(error);
        await pause(RETRY_DELAYS_MS[Math.min(failures, RETRY_DELAYS_MS.length - 1)], undefined, { signal });
      }
    }
  }

  #failed(error: unknown): void {
    this.options.metrics.failed();
    if (!this.#isFailing) this.options.onTrouble(error);
    this.#isFailing = true;
  }

  #recovered(): void {
    this.#isFailing = false;
    this.options.onTrouble(undefined);
  }
}
