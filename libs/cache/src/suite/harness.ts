import type { ElapsedTime } from '@coffer/coherence';
import { SecretPath, SecretValue, type Clock } from '@coffer/secrets';
import type { CacheEntry } from '../entry.js';
import type { HeartbeatMailbox } from '../heartbeat-mailbox.js';
import type { SharedCache } from '../shared-cache.js';

/** Both readings move by hand; the wall begins at the real time, which Redis's own clock goes by. */
export class ManualClock implements Clock {
  #passed = 0;
  readonly #began = Date.now();

  monotonic = (): number => 1_000 + this.#passed;
  wall = (): number => this.#began + this.#passed;

  pass(milliseconds: number): void {
    this.#passed += milliseconds;
  }
}

/** The maximum time to live of an entry in the suite. */
export const TTL_MS = 60_000;

export interface HarnessOptions {
  readonly clock: Clock;
  readonly time: ElapsedTime;
  readonly leaseMs: number;
}

export interface CacheHarness {
  readonly name: string;
  /** Two handles on one cache that is empty for the paths that the test uses, as two processes have them. */
  open(options: HarnessOptions): Promise<OpenCache>;
}

export interface OpenCache {
  readonly one: SharedCache;
  readonly other: SharedCache;
  close(): Promise<void>;
}

export interface MailboxHarness {
  readonly name: string;
  open(): Promise<{
    readonly reader: HeartbeatMailbox;
    readonly coordinator: HeartbeatMailbox;
    close(): Promise<void>;
  }>;
}

let paths = 0;

/** A path that no other test has. */
export const newPath = (key = 'KEY'): SecretPath =>
  SecretPath.of('main', `n${process.pid}.${Date.now()}.${(paths += 1)}`, key);

export const entryOf = (value: string | undefined, tag: bigint, expires: number): CacheEntry => ({
  secret: value === undefined ? undefined : { value: new SecretValue(value), version: `v${tag}`, revision: 1 },
  tag,
  expires,
});

/** What an entry holds, comparable. */
export const shown = (entry: CacheEntry | undefined) =>
  entry && { value: entry.secret?.value.reveal(), version: entry.secret?.version, tag: entry.tag };
