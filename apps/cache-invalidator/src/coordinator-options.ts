import type { Clock } from '@coffer/secrets';
import type { Timing } from '@coffer/coherence';
import type { Messaging } from '@coffer/messaging';
import type { Logger } from '@coffer/observability';

/** What a coordinator is made of. */
export interface CoordinatorModuleOptions {
  readonly messaging: Messaging;
  readonly timing: Timing;
  /** No other coordinator has ever spoken in this log. */
  readonly alone: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}
