import { setTimeout as pause } from 'node:timers/promises';
import { Chain, type ChainEnd } from '../chain/chain.js';
import { beginBody, endBody, lostBody } from '../chain/chain-records.js';
import { TooLargeError, type AuditDestination, type SinkMetrics } from './audit-destination.js';
import { endOf } from './last-line.js';
import type { RecordGroup } from './record-group.js';
import { SinkQueue } from './sink-queue.js';

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

/** Lines that are chained already, and may be there in part. */
interface BegunLines {
  readonly chain: Chain;
  readonly lines: readonly string[];
}

/** How writing a text ended, where it did not succeed: `anew` once the destination is to be opened anew. */
type Outcome = 'taken' | 'anew' | TooLargeError;

/**
 * Writes groups of records to one destination, in their order, each again until it was taken; chains their lines. After an
 * error that only opening it anew can mend, and after `reopen`, the rest is chained anew, as a chain that continues the
 * last line that was taken for sure. What is too large for the destination is halved, down to one line; a line that alone is
 * too large is lost.
 */
export class AuditSink {
  readonly #queue: SinkQueue;
  /** Records that no line tells of yet. */
  #lost = 0;
  #running: Promise<void> | undefined;
  #chain: Chain | undefined;
  /** The last line that was taken for sure. */
  #takenEnd: ChainEnd | undefined;
  #failures = 0;
  #underWay: readonly RecordGroup[] = [];
  #isReopening = false;
  #isClosing = false;
  #isFailing = false;
  readonly #abort = new AbortController();

  constructor(private readonly options: AuditSinkOptions) {
    this.#queue = new SinkQueue(options.queueMaxBytes);
  }

  get name(): string {
    return this.options.name;
  }

  /** Size and limit of the queue. */
  get memory(): { readonly bytes: number; readonly limitBytes: number } {
    return { bytes: this.#queue.bytes, limitBytes: this.options.queueMaxBytes };
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Returns false where the queue has no room for it; counts what it has no room for, which may be a part, as lost. */
  offer(group: RecordGroup): boolean {
    if (this.#writeNow(group)) return true;
    const { size } = group;
    const lost = this.#isClosing ? size : this.#queue.add(group);
    if (lost > 0) this.#lose(lost);
    if (lost === size) return false;
    this.#running ??= this.#run();
    return true;
  }

  /** Where nothing waits before it and the destination takes it at once: no promise, no timer, no queue. */
  #writeNow(group: RecordGroup): boolean {
    const { destination, metrics } = this.options;
    const chain = this.#chain;
    if (chain === undefined || this.#running !== undefined || this.#isClosing || this.#lost > 0) return false;
    if (destination.writeNow === undefined || !this.#queue.hasRoomFor(group)) return false;
    const lines = group.bodies(true).map((body) => chain.line(body));
    try {
      if (destination.writeNow(lines.join(''))) {
        this.#takenEnd = chain.end;
        metrics.written(lines.length);
        group.taken();
        return true;
      }
    } catch {
      // What is wrong, `write` says once more, which is called with the same text.
    }
    this.#queue.add(group);
    this.#running = this.#run({ chain, lines });
    return true;
  }

  /** The next line is written to what then stands under the destination's name, as the first of a new chain. */
  reopen(): void {
    if (this.#isClosing) return;
    this.#isReopening = true;
    this.#running ??= this.#run();
  }

  /** Writes what waits, for so long at most, and the end of the chain. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    await Promise.race([this.#finish(), pause(timeoutMs, undefined, { signal: this.#abort.signal })]).catch(
      () => undefined,
    );
    this.#abort.abort();
    await this.options.destination.close();
    this.#queue.giveUp();
    for (const group of this.#underWay) group.giveUp();
  }

  async #finish(): Promise<void> {
    await this.#running;
    if (this.#chain === undefined) return;
    await this.options.destination.write(this.#chain.line(endBody(this.options.now())));
  }

  /** `begun`: the lines of the first group. */
  async #run(begun?: BegunLines): Promise<void> {
    try {
      if (begun !== undefined) await this.#writeNext(begun);
      while (!this.#queue.isEmpty || this.#isReopening) {
        if (this.#isReopening) await this.#leave();
        else await this.#writeNext();
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    } finally {
      this.#running = undefined;
    }
  }

  async #writeNext(begun?: BegunLines): Promise<void> {
    const taken = this.#queue.take(MAX_WRITE_BYTES);
    this.#underWay = taken.groups;
    const { groups, bodies, ends } = taken;
    const spoiled = new Set<RecordGroup | undefined>();
    for (let from = 0; from < bodies.length;) {
      const { settled, lastIsLost } = await this.#writeSome(
        from === 0 ? bodies : bodies.slice(from),
        from === 0 ? begun : undefined,
      );
      from += settled;
      if (lastIsLost) spoiled.add(groups[ends.findIndex((end) => from <= end)]);
    }
    this.#underWay = [];
    this.#queue.done(taken);
    // One that lost a record waits for another sink.
    for (const group of groups) if (!spoiled.has(group)) group.taken();
  }

  /** Returns how many of the bodies are settled: all, unless the rest is for the next chain. */
  async #writeSome(
    bodies: readonly string[],
    begun: BegunLines | undefined,
  ): Promise<{ readonly settled: number; readonly lastIsLost: boolean }> {
    const chain = await this.#opened();
    const isBegun = chain === begun?.chain;
    const lost = isBegun ? 0 : this.#lost;
    const extra = lost === 0 ? 0 : 1;
    const lines = isBegun ? begun.lines : this.#linesOf(chain, bodies, lost);
    const { count, refused } = await this.#writeLines(lines);
    if (count > 0 || refused !== undefined) this.#lost -= lost;
    const written = Math.max(0, count - extra);
    if (written > 0) this.options.metrics.written(written);
    if (count === lines.length) {
      this.#takenEnd = chain.end;
      return { settled: written, lastIsLost: false };
    }
    if (count > 0) this.#takenEnd = endOf(lines[count - 1] as string);
    await this.#leave();
    if (refused === undefined || count < extra) return { settled: written, lastIsLost: false };
    this.#failed(refused);
    this.#lose(1);
    return { settled: written + 1, lastIsLost: true };
  }

  #linesOf(chain: Chain, bodies: readonly string[], lost: number): readonly string[] {
    const lines = lost === 0 ? [] : [chain.line(lostBody(lost, this.options.now()))];
    for (const body of bodies) lines.push(chain.line(body));
    return lines;
  }

  /** As many of the lines as can be written to this chain; `refused` is the error of one that alone is too large. */
  async #writeLines(lines: readonly string[]): Promise<{ readonly count: number; readonly refused?: TooLargeError }> {
    let count = 0;
    let size = lines.length;
    while (count < lines.length) {
      const part = lines.slice(count, count + size);
      const outcome = await this.#write(part.join(''));
      if (outcome === 'taken') count += part.length;
      else if (outcome === 'anew') return { count };
      else if (part.length === 1) return { count, refused: outcome };
      else size = Math.ceil(part.length / 2);
    }
    return { count };
  }

  /** The chain to write to, begun where there is none. */
  async #opened(): Promise<Chain> {
    for (;;) {
      if (this.#isReopening) await this.#leave();
      this.#chain ??= await this.#begun();
      if (this.#chain !== undefined) return this.#chain;
      await this.#leave();
    }
  }

  /** Nothing, after a while, where that failed. */
  async #begun(): Promise<Chain | undefined> {
    const { destination, process, now } = this.options;
    try {
      const { torn, continues: found } = await destination.open();
      const last = this.#takenEnd;
      // A write that failed may have left some of its lines.
      const isFurther = found !== undefined && found.chain === last?.chain && found.seq > last.seq;
      const continues = isFurther ? found : (last ?? found);
      const chain = new Chain();
      const line = chain.line(beginBody(process, { continues, ...(torn === true && { torn }) }, now()));
      const outcome = await this.#write(line);
      if (outcome instanceof TooLargeError) throw outcome;
      if (outcome === 'anew') return undefined;
      this.#takenEnd = chain.end;
      return chain;
    } catch (error) {
      await this.#waitAfter(error);
      return undefined;
    }
  }

  async #leave(): Promise<void> {
    this.#chain = undefined;
    this.#isReopening = false;
    await this.options.destination.close();
  }

  /** Again and again until it ends in one of these ways; throws once the sink is closed. */
  async #write(text: string): Promise<Outcome> {
    const { destination } = this.options;
    for (;;) {
      try {
        await destination.write(text);
        this.#recovered();
        return 'taken';
      } catch (error) {
        if (error instanceof TooLargeError) return error;
        await this.#waitAfter(error);
        if (this.#isReopening || destination.mustReopen?.(error) === true) return 'anew';
      }
    }
  }

  async #waitAfter(error: unknown): Promise<void> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    this.#failed(error);
    const delayMs = RETRY_DELAYS_MS[Math.min(this.#failures, RETRY_DELAYS_MS.length - 1)];
    this.#failures += 1;
    await pause(delayMs, undefined, { signal });
  }

  #lose(records: number): void {
    this.#lost += records;
    this.options.metrics.lost(records);
  }

  #failed(error: unknown): void {
    this.options.metrics.failed();
    if (!this.#isFailing) this.options.onTrouble(error);
    this.#isFailing = true;
  }

  #recovered(): void {
    this.#failures = 0;
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.options.onTrouble(undefined);
  }
}
