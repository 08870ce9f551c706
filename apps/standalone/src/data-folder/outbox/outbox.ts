import type { LogEntry } from '@coffer/coherence';
import {
  UNDELIVERED_MAX_BYTES,
  type LogSubscription,
  type LogSubscriptions,
  type MemoryUse,
  type UndeliveredEvent,
  type UndeliveredEvents,
} from '@coffer/messaging';
import { OutboxDatabase } from './outbox-database.js';
import { OutboxSubscription } from './outbox-subscription.js';

/** Bytes of events that wait for a webhook; beyond it the oldest go, and the webhook is notified. */
const OUTBOX_MAX_BYTES = 64 * 1024 * 1024;

export interface OutboxOptions {
  readonly file: string;
  /** Ids of the webhooks that are configured. */
  readonly webhooks: readonly string[];
  /** Whether any of them tells of a path. */
  readonly wants: (path: string) => boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called with each undelivered event that goes for want of room. */
  readonly onEvicted: (event: UndeliveredEvent) => void;
  /** Defaults to `OUTBOX_MAX_BYTES`. */
  readonly maxBytes?: number;
}

/**
 * The events for webhooks, for Coffer in one process, whose log ends with it. A write is noted before it can reach the
 * store, and becomes an event before its caller is answered: one that took effect is delivered even if the process ends between.
 */
export class Outbox implements LogSubscriptions {
  readonly #database: OutboxDatabase;
  readonly #subscriptions = new Set<OutboxSubscription>();
  readonly undelivered: UndeliveredEvents;
  #evictions = 0;

  /** Throws `configuration` when its file cannot be opened. */
  constructor(private readonly options: OutboxOptions) {
    const database = OutboxDatabase.open(options.file, options.maxBytes ?? OUTBOX_MAX_BYTES);
    this.#database = database;
    database.retain(options.webhooks);
    for (const webhook of options.webhooks) database.position(webhook);
    database.recover(options.now());
    const memory = (): MemoryUse => ({ ...database.undeliveredMemory, evictions: this.#evictions });
    this.undelivered = {
      add: async (event) => this.#keep(event),
      list: async () => database.undelivered(),
      discard: async (id) => database.discard(id),
      get memory() {
        return memory();
      },
    };
  }

  get memory(): MemoryUse {
    return this.#database.memory;
  }

  /** Throws when it cannot be kept. */
  take(entry: LogEntry): void {
    const { record } = entry;
    if (!('path' in record) || !this.options.wants(record.path)) return;
    if (record.type === 'PREPARE') return this.#database.intend(entry);
    this.#database.end(entry);
    for (const subscription of this.#subscriptions) subscription.wake();
  }

  subscription(name: string): LogSubscription {
    const made = new OutboxSubscription(this.#database, name, () => this.#subscriptions.delete(made));
    this.#subscriptions.add(made);
    return made;
  }

  close(): void {
    this.#database.close();
  }

  #keep(event: UndeliveredEvent): void {
    this.#database.add(event);
    while (this.#database.undeliveredMemory.bytes > UNDELIVERED_MAX_BYTES) {
      const [oldest] = this.#database.undelivered(1);
      if (oldest === undefined) return;
      this.#database.discard(oldest.id);
      this.#evictions += 1;
      this.options.onEvicted(oldest);
    }
  }
}
