import {
  bytesOfDelivery,
  FinishedOffsets,
  MAX_SUBSCRIBED,
  MAX_SUBSCRIBED_BYTES,
  type CommitEntry,
  type LogSubscriber,
  type LogSubscription,
  type MemoryUse,
} from '@coffer/messaging';
import type { OutboxDatabase } from './outbox-database.js';

/** Events that are read from the database at once. */
const BATCH = 200;
/** How often positions are written; what is lost with a crash is delivered again. */
const COMMIT_INTERVAL_MS = 100;

/** The events that one webhook has still to get, in the order of the outbox. */
export class OutboxSubscription implements LogSubscription {
  readonly #ending = new AbortController();
  #subscriber: LogSubscriber | undefined;
  #offsets: FinishedOffsets;
  #next: bigint;
  #written: bigint;
  #inFlight = 0;
  #bytes = 0;
  #missing = false;
  #scheduled = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: OutboxDatabase,
    private readonly name: string,
    private readonly closed: () => void,
  ) {
    this.#next = database.position(name);
    this.#written = this.#next;
    this.#offsets = new FinishedOffsets(this.#next);
  }

  get memory(): MemoryUse {
    return { bytes: this.#bytes, limitBytes: MAX_SUBSCRIBED_BYTES };
  }

  start(subscriber: LogSubscriber): Promise<void> {
    this.#subscriber = subscriber;
    this.#timer = setInterval(() => this.#commit(), COMMIT_INTERVAL_MS).unref();
    this.wake();
    return Promise.resolve();
  }

  /** There may be more to deliver. */
  wake(): void {
    if (this.#scheduled || this.#subscriber === undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    this.#subscriber = undefined;
    this.closed();
    this.#commit();
    return Promise.resolve();
  }

  get #hasRoom(): boolean {
    return !this.#missing && this.#inFlight < MAX_SUBSCRIBED && this.#bytes < MAX_SUBSCRIBED_BYTES;
  }

  #pump(): void {
    const subscriber = this.#subscriber;
    if (subscriber === undefined || !this.#hasRoom) return;
    const { oldest } = this.database;
    if (oldest !== undefined && oldest > this.#next) return this.#miss(subscriber, oldest);
    const entries = this.database.read(this.#next, BATCH);
    for (const entry of entries) {
      if (!this.#hasRoom) return;
      this.#deliver(subscriber, entry);
    }
    if (entries.length > 0) this.wake();
  }

  #deliver(subscriber: LogSubscriber, entry: CommitEntry): void {
    const { offset, record } = entry;
    this.#next = offset + 1n;
    this.#offsets.begin(offset);
    if (!subscriber.wants(record.path)) return this.#offsets.finish(offset);
    const bytes = bytesOfDelivery(entry);
    this.#inFlight += 1;
    this.#bytes += bytes;
    const left = (): void => {
      this.#inFlight -= 1;
      this.#bytes -= bytes;
      this.wake();
    };
    subscriber.deliver(entry, this.#ending.signal).then(() => {
      this.#offsets.finish(offset);
      left();
    }, left);
  }

  /** The oldest events went for want of room. What is in hand goes on; nothing more is begun until the subscriber knows of it. */
  #miss(subscriber: LogSubscriber, oldest: bigint): void {
    this.#missing = true;
    const before = oldest - 1n;
    this.#offsets.begin(before);
    this.#next = oldest;
    const over = (): void => {
      this.#missing = false;
      this.wake();
    };
    subscriber.missed(this.#ending.signal).then(() => {
      this.#offsets.finish(before);
      over();
    }, over);
  }

  #commit(): void {
    const { committable } = this.#offsets;
    if (committable === this.#written) return;
    this.database.setPosition(this.name, committable);
    this.#written = committable;
    this.database.trim();
  }
}
