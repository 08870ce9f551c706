import type { MemoryUse } from './messaging.js';

/** An event that a receiver did not take in time: never a value in it. */
export interface UndeliveredEvent {
  /** Made from the webhook and the event, so that the same event of one webhook has one id. */
  readonly id: string;
  readonly webhook: string;
  /** `SecretPath.toString()`; absent for what is about no secret. */
  readonly path?: string;
  /** As it was posted, without its signature. */
  readonly body: string;
  /** Class of the last failure. */
  readonly reason: string;
  readonly attempts: number;
  /** When it was given up, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/** Bytes of all of them; beyond it the oldest go. */
export const UNDELIVERED_MAX_BYTES = 16 * 1024 * 1024;

const EVENT_BYTES = 300;

export const bytesOfUndelivered = ({ body, path = '' }: UndeliveredEvent): number =>
  EVENT_BYTES + body.length + 2 * path.length;

/** The list of events that were given up. */
export interface UndeliveredEvents {
  /** Idempotent by id. Resolves when durable. */
  add(event: UndeliveredEvent): Promise<void>;
  /** Oldest first. `unavailable` when that cannot be known. */
  list(): Promise<readonly UndeliveredEvent[]>;
  /** Idempotent, also for one that never was. */
  discard(id: string): Promise<void>;
  /** `evictions` counts those that went for want of room. */
  readonly memory: MemoryUse;
}
