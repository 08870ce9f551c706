import type { Authenticator, Revocation } from '@coffer/access';
import type { Messaging, RevocationLog } from '@coffer/messaging';
import type { Logger, Metrics } from '@coffer/observability';
import type { Clock } from '@coffer/secrets';
import { ThrottledLogger } from '../throttled-logger.js';
import { followRevocations } from './follow-revocations.js';
import { RevocationSender } from './revocation-sender.js';

export interface RevocationParts {
  readonly authenticator: Pick<Authenticator, 'revocations'>;
  readonly messaging: Pick<Messaging, 'revocations'>;
  readonly metrics: Pick<Metrics, 'watchBudget'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
}

const UNTOLD =
  'what was signed out or revoked here is not recorded yet: other gateways, and this one after a restart, take copies of it until it is; trying again';

/**
 * Has what is ended at this process count no more at the others, and after a restart, and what was ended there count no more here. Resolves
 * once all that was ended before has been read. Nothing is done where there is no log.
 */
export const shareRevocations = async (parts: RevocationParts): Promise<{ close(): void }> => {
  const { authenticator, messaging, metrics, clock, logger } = parts;
  const log = messaging.revocations;
  if (log === undefined) return { close: () => undefined };
  const sender = senderOf(log, logger, clock);
  metrics.watchBudget('unsent-revocations', () => sender.memory);
  authenticator.revocations.publishBy((revocation: Revocation) => sender.send(revocation));
  await followRevocations(parts);
  return sender;
};

const senderOf = (log: RevocationLog, logger: RevocationParts['logger'], clock: Clock): RevocationSender => {
  const throttled = new ThrottledLogger(logger, clock);
  return new RevocationSender({
    ...{ log, clock },
    onFailed: (error, unsent) => throttled.log('warn', { err: error, unsent }, UNTOLD),
  });
};
