import type { HeartbeatMailbox, SharedCache } from '@coffer/cache';
import type { Timing } from '@coffer/coherence';
import type { Messaging } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';
import type { Clock } from '@coffer/secrets';

/** What a cache invalidator is made of. */
export interface CacheInvalidatorOptions {
  readonly messaging: Messaging;
  readonly timing: Timing;
  /** No other coordinator has ever spoken in this log. */
  readonly alone: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Where readers ask for leases. Without it, no cache is coherent by leases, so no write waits for a reader. */
  readonly mailbox?: HeartbeatMailbox;
  /** The cache that is cleared of a key before its write. Defaults to none. */
  readonly shared?: Pick<SharedCache, 'invalidate'>;
}
