import type { Clock } from '@coffer/secrets';
import type { Rules, Timing } from '@coffer/coherence';
import type { CoherenceLog, DeadLetters, MessageSealer, Messaging } from '@coffer/messaging';
import type { Logger, Metrics, Traces } from '@coffer/observability';
import type { WorkerStores } from './worker-stores.js';

/** What a worker is made of. */
export interface WorkerOptions {
  readonly messaging: Pick<Messaging, 'topology' | 'isOffsetOf'> & {
    readonly log: Pick<CoherenceLog, 'append'>;
    readonly deadLetters: Pick<DeadLetters, 'add'>;
  };
  readonly stores: WorkerStores;
  readonly sealer: MessageSealer;
  readonly timing: Timing;
  /** The generation of the fences that this deployment gives out. */
  readonly generation: number;
  /** Bounds what is remembered of the operations of all partitions. Defaults to no limit. */
  readonly operationsMaxBytes?: number;
  /** How long after a worker lost a partition in the log, but not in the group, it claims it again. Defaults to 10 s. */
  readonly reclaimDelayMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Defaults to none. */
  readonly traces?: Traces;
  /** Which rules of the protocol are obeyed. Defaults to all; only tests leave one out. */
  readonly protocolRules?: Rules;
}
