import type { CommitRecord, LogEntry } from '@coffer/coherence';
import type { MemoryUse } from './messaging.js';
import type { UndeliveredEvents } from './undelivered-events.js';

/** The record of a write that took effect, at its place in what is subscribed to. */
export interface CommitEntry extends Omit<LogEntry, 'record'> {
  readonly record: CommitRecord;
}

/** Digests, by name, of the settings that all members of a subscription must have alike. */
export type SettingDigests = Readonly<Record<string, string>>;

export interface LogSubscriber {
  readonly settings: SettingDigests;
  /**
   * Called in one of the processes that read the subscription, whenever one of them comes or goes, with the names of the settings that
   * they have not alike; elsewhere with none.
   */
  differ(names: readonly string[]): void;
  /** Whether writes of a path (`SecretPath.toString()`) are delivered; the others count as done with. */
  wants(path: string): boolean;
  /**
   * Called with each write that took effect, those of one path in their order. Resolves once this one is done with: the
   * subscription then does not deliver it again. After a rejection, or the signal, it is delivered to whoever comes next.
   */
  deliver(entry: CommitEntry, signal: AbortSignal): Promise<void>;
  /** Records were gone before they were read. What follows is delivered once this has resolved. */
  missed(signal: AbortSignal): Promise<void>;
}

/**
 * A durable reading of the coherence log, by name: each shard is read by one process at a time, from where the subscription
 * has come to, whichever process was there before. Each record is delivered at least once.
 */
export interface LogSubscription {
  start(subscriber: LogSubscriber): Promise<void>;
  /** Deliveries that are not done with are left to whoever comes next. */
  close(): Promise<void>;
  readonly memory: MemoryUse;
}

export interface LogSubscriptions {
  /** A new subscription begins with what is written from now on. */
  subscription(name: string): LogSubscription;
  readonly undelivered: UndeliveredEvents;
}

/** Deliveries of a subscription that are not done with; none is begun beyond them. */
export const MAX_SUBSCRIBED = 10_000;
export const MAX_SUBSCRIBED_BYTES = 16 * 1024 * 1024;
/** What a delivery takes up beside its path and outcome, and those of its attempts. */
const DELIVERY_BYTES = 1_500;

export const bytesOfDelivery = ({ record: { path, sealed } }: CommitEntry): number =>
  DELIVERY_BYTES + 4 * path.length + sealed.length;
