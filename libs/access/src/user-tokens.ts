import type { KeyRing } from '@coffer/crypto';
import { CofferError, type Clock } from '@coffer/secrets';
import { TOKEN_PREFIX } from './access-token.js';
import type { GivenToken, TokenTimes } from './given-token.js';
import { RememberedTokens } from './jwt/remembered-tokens.js';
import type { Principal } from './principal.js';
import { fingerprintOf } from './sessions/fingerprint.js';
import type { Revocations } from './sessions/revocations.js';
import { TokenSealer } from './token-sealer.js';
import type { UserTable } from './user-table.js';

/** No access token begins with it. */
export const USER_TOKEN_PREFIX = `${TOKEN_PREFIX}user_`;

const LIFETIME_MS = 3_600_000;
/** Of all tokens of users that one process remembers. */
const MAX_REMEMBERED_BYTES = 4 * 1024 * 1024;

/** What a token of a user says; only processes with the keys can read it or make one. */
interface UserClaims {
  readonly username: string;
  /** Of the hash of the password, so that a token ends with the password. */
  readonly fingerprint: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

const ended = (): CofferError =>
  new CofferError(
    'unauthorized',
    'the token of a user has ended: by its time, or with its user, password or key; log in again',
  );

/**
 * Tokens of the users of one configuration, for clients that log in once and then show a token. Nothing is kept of one: what it
 * says is sealed into it, and its user is looked up whenever it comes.
 */
export class UserTokens {
  readonly #sealer: TokenSealer<UserClaims>;
  readonly #remembered = new RememberedTokens(MAX_REMEMBERED_BYTES);

  constructor(
    ring: KeyRing,
    private readonly users: Pick<UserTable, 'sourceOf' | 'resume'>,
    private readonly clock: Clock,
    private readonly revocations: Pick<Revocations, 'has' | 'end'>,
  ) {
    this.#sealer = new TokenSealer(ring, USER_TOKEN_PREFIX, 'user-token');
  }

  get memory(): Pick<RememberedTokens, 'bytes' | 'limitBytes' | 'evictions'> {
    return this.#remembered;
  }

  /** Of a user whose password was right. Throws `unauthorized` for one who is not there any more. */
  give(username: string): GivenToken {
    const source = this.users.sourceOf(username);
    const principal = source && this.users.resume(source)?.principal;
    if (source === undefined || principal === undefined) throw ended();
    const issuedAtMs = this.clock.wall();
    const expiresAtMs = issuedAtMs + LIFETIME_MS;
    const token = this.#sealer.seal({ username, fingerprint: source.fingerprint, issuedAtMs, expiresAtMs });
    return { token, expiresAtMs, principal };
  }

  /** Throws `unauthorized` for a token that does not count. */
  find(token: string): Principal {
    const claims = this.#sealer.open(token);
    if (claims === undefined || this.clock.wall() >= claims.expiresAtMs) throw ended();
    const { username, fingerprint, expiresAtMs } = claims;
    const principal = this.users.resume({ kind: 'user', id: username, fingerprint })?.principal;
    const revocable = { id: fingerprintOf(token), beganAtMs: claims.issuedAtMs };
    if (principal === undefined || this.revocations.has('token', revocable)) throw ended();
    const remembered = { principal, expiresAtMs, fingerprint, issuer: username, revocable };
    this.#remembered.set(this.#remembered.digestOf(token), remembered);
    return principal;
  }

  /** Whose token this is, if it was found before and has not ended. */
  known(token: string): Principal | undefined {
    const digest = this.#remembered.digestOf(token);
    const found = this.#remembered.get(digest);
    if (found === undefined) return undefined;
    const { expiresAtMs, revocable } = found;
    const isRevoked = revocable !== undefined && this.revocations.has('token', revocable);
    if (this.clock.wall() < expiresAtMs && !isRevoked) return found.principal;
    this.#remembered.delete(digest);
    return undefined;
  }

  /** Of a token that counts. */
  timesOf(token: string): TokenTimes {
    return this.#sealer.open(token) ?? {};
  }

  /** From here on the token does not count any more, as `Revocations` tells. */
  async end(token: string): Promise<void> {
    const claims = this.#sealer.open(token);
    if (claims === undefined) return;
    const { issuedAtMs: beganAtMs, expiresAtMs } = claims;
    const revocation = { kind: 'token', id: fingerprintOf(token), beganAtMs, expiresAtMs } as const;
    await this.revocations.end(revocation, this.clock.wall());
  }
}
