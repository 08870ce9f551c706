import type { Clock } from '@coffer/secrets';
import type { Timing } from '@coffer/coherence';
import type { MessageSealer, Messaging } from '@coffer/messaging';
import type { Logger, Metrics, Traces } from '@coffer/observability';
import type { WorkerStores } from './worker-stores.js';

/** What a worker is made of. */
export interface WorkerOptions {
  readonly messaging: Messaging;
  readonly stores: WorkerStores;
  readonly sealer: MessageSealer;
  readonly timing: Timing;
  /** The generation of the fences that this deployment gives out. */
  readonly generation: number;
  /** Bounds what is remembered of the operations of all partitions. Defaults to no limit. */
  readonly operationsMaxBytes?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Defaults to none. */
  readonly traces?: Traces;
}
