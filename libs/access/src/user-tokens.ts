import type { KeyRing } from '@coffer/crypto';
import { CofferError, type Clock } from '@coffer/secrets';
import { TOKEN_PREFIX } from './access-token.js';
import type { GivenToken, TokenTimes } from './given-token.js';
import type { Principal } from './principal.js';
import { SealedTokens, type SealedClaims } from './sealed-tokens.js';
import type { Revocations } from './sessions/revocations.js';
import { TokenSealer } from './token-sealer.js';
import type { UserTable } from './user-table.js';

/** No access token begins with it. */
export const USER_TOKEN_PREFIX = `${TOKEN_PREFIX}user_`;

const LIFETIME_MS = 3_600_000;

interface UserClaims extends SealedClaims {
  readonly username: string;
}

const ended = (): CofferError =>
  new CofferError(
    'unauthorized',
    'the token of a user has ended: by its time, or with its user, password or key; log in again',
  );

/**
 * Tokens of the users of one configuration, for clients that log in once and then show a token. Its user is looked up whenever one
 * comes.
 */
export class UserTokens {
  readonly #tokens: SealedTokens<UserClaims>;

  constructor(
    ring: KeyRing,
    private readonly users: Pick<UserTable, 'sourceOf' | 'resume'>,
    private readonly clock: Clock,
    revocations: Pick<Revocations, 'has' | 'end'>,
  ) {
    this.#tokens = new SealedTokens(new TokenSealer(ring, USER_TOKEN_PREFIX, 'user-token'), clock, revocations);
  }

  get memory(): SealedTokens<UserClaims>['memory'] {
    return this.#tokens.memory;
  }

  /** Gives a token to a user whose password was right. Throws `unauthorized` for one who is not there any more. */
  give(username: string): GivenToken {
    const source = this.users.sourceOf(username);
    const principal = source && this.users.resume(source)?.principal;
    if (source === undefined || principal === undefined) throw ended();
    const issuedAtMs = this.clock.wall();
    const expiresAtMs = issuedAtMs + LIFETIME_MS;
    const token = this.#tokens.seal({ username, fingerprint: source.fingerprint, issuedAtMs, expiresAtMs });
    return { token, expiresAtMs, principal };
  }

  /** Throws `unauthorized` for a token that does not count. */
  find(token: string): Principal {
    const claims = this.#tokens.open(token);
    if (claims === undefined || this.#tokens.hasEnded(token, claims)) throw ended();
    const { username, fingerprint } = claims;
    const principal = this.users.resume({ kind: 'user', id: username, fingerprint })?.principal;
    if (principal === undefined) throw ended();
    this.#tokens.remember(token, claims, principal);
    return principal;
  }

  /** Whose token this is, if it was found before and has not ended. */
  known(token: string): Principal | undefined {
    return this.#tokens.known(token);
  }

  /** When a token that counts was issued and when it expires; empty for one that does not open. */
  timesOf(token: string): TokenTimes {
    return this.#tokens.open(token) ?? {};
  }

  /** From here on the token does not count any more, as `Revocations` tells. */
  end(token: string): Promise<void> {
    return this.#tokens.end(token);
  }
}
