import type { Clock } from '@coffer/secrets';
import type { OnKeysRead } from './jwt/issuer-keys.js';
import type { LoginMetrics } from './login-metrics.js';
import type { ThrottleOptions } from './login-throttle.js';
import type { UseCounter } from './roles/use-counter.js';

export interface AuthenticatorOptions {
  readonly clock?: Clock;
  readonly throttle?: ThrottleOptions;
  /** `coffer.server.trustedProxies`; defaults to none. */
  readonly trustedProxies?: readonly string[];
  readonly metrics?: LoginMetrics;
  /** Called after each attempt to read the keys of an issuer. */
  readonly onKeysRead?: OnKeysRead;
  /** Limit of the memory for verified JSON Web Tokens; defaults to 16 MiB. */
  readonly rememberedMaxBytes?: number;
  /** Counts how often secret ids are used. Without it, a role whose secret ids have `uses` is refused. */
  readonly uses?: UseCounter;
}
