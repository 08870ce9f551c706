import type { Authenticator } from '@coffer/access';
import type { Messaging } from '@coffer/messaging';
import type { Clock } from '@coffer/secrets';

export interface FollowedParts {
  readonly authenticator: Pick<Authenticator, 'revocations'>;
  readonly messaging: Pick<Messaging, 'revocations'>;
  readonly clock: Clock;
}

/** What gateways record as ended counts no more here. Resolves once all that was ended before has been read, at once where there is no log. */
export const followRevocations = async ({ authenticator, messaging, clock }: FollowedParts): Promise<void> => {
  const { revocations } = authenticator;
  await messaging.revocations?.follow((revocation) => revocations.take(revocation, clock.wall()));
};

/** An authenticator that finds out who is calling once it knows what was ended. Callers meanwhile wait; they are refused where it cannot be known. */
export const authenticatorAfter = (
  authenticator: Authenticator,
  known: Promise<void>,
): Pick<Authenticator, 'authenticate'> => {
  // Each call of `authenticate` rejects with it.
  known.catch(() => undefined);
  return {
    authenticate: async (attempt) => {
      await known;
      return authenticator.authenticate(attempt);
    },
  };
};
