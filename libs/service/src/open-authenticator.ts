import { Authenticator, type Credentials, type UseCounter } from '@coffer/access';
import type { Configuration } from '@coffer/config';
import type { KeyRing } from '@coffer/crypto';
import type { Logger, Metrics } from '@coffer/observability';
import type { Clock } from '@coffer/secrets';
import { loginThrottleMetrics } from './login-throttle-metrics.js';
import { ThrottledLogger } from './throttled-logger.js';

export interface AuthenticatorParts {
  readonly configuration: Pick<Configuration, 'access' | 'server'>;
  readonly ring: KeyRing;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** Where uses of secret ids are counted; absent where several processes would count them. */
  readonly uses?: UseCounter;
}

/** The authenticator of a process, with its metrics and log lines. `credentials` defaults to those of the configuration. */
export const openAuthenticator = (
  { configuration, ring, metrics, clock, logger, uses }: AuthenticatorParts,
  credentials: Credentials = configuration.access,
): Authenticator => {
  const throttled = new ThrottledLogger(logger, clock);
  const authenticator = new Authenticator(ring, credentials, {
    clock,
    ...(uses && { uses }),
    trustedProxies: configuration.server.trustedProxies,
    metrics: loginThrottleMetrics(metrics),
    onKeysRead: (issuer, failure) => {
      metrics.issuerKeyReads.inc({ issuer, outcome: failure === undefined ? 'read' : 'failed' });
      if (failure === undefined) return metrics.issuerKeysRead.set({ issuer }, clock.wall() / 1_000);
      const text = 'the keys of an issuer could not be read; those that are known still count';
      throttled.log('warn', { issuer, reason: failure }, text, `keys of ${issuer}`);
    },
  });
  metrics.watchBudget('remembered-tokens', () => authenticator.rememberedTokens);
  metrics.watchBudget('remembered-role-tokens', () => authenticator.presentedTokens.rememberedOfRoles);
  metrics.watchBudget('remembered-user-tokens', () => authenticator.presentedTokens.rememberedOfUsers);
  metrics.watchBudget('ended-sessions', () => authenticator.revocations.memoryOf('session'));
  metrics.watchBudget('ended-tokens', () => authenticator.revocations.memoryOf('token'));
  metrics.onScrape.add(() => {
    metrics.endedSessions.set(authenticator.revocations.sizeOf('session'));
    metrics.tokenLastUsed.reset();
    for (const [token, usedAtMs] of authenticator.lastUses()) metrics.tokenLastUsed.set({ token }, usedAtMs / 1_000);
  });
  return authenticator;
};
