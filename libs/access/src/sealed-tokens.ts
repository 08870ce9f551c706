import type { Clock, SecretValue } from '@coffer/secrets';
import type { Principal } from './principal.js';
import { RememberedTokens, type RememberedToken } from './remembered-tokens.js';
import { fingerprintOf } from './sessions/fingerprint.js';
import type { Revocation, Revocations } from './sessions/revocations.js';
import type { TokenSealer } from './token-sealer.js';

/** What every sealed token says; only processes with the keys can read it or make one. */
export interface SealedClaims {
  /** Fingerprint of the hash of the secret that it was given for, so that it ends with that secret. */
  readonly fingerprint: string;
  /** Wall-clock times. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

interface FoundToken extends RememberedToken {
  readonly revocable: Pick<Revocation, 'id' | 'beganAtMs'>;
}

/** Limit of all tokens of one kind that one process remembers. */
const MAX_REMEMBERED_BYTES = 4 * 1024 * 1024;

const revocableOf = (token: string, { issuedAtMs }: SealedClaims): FoundToken['revocable'] => ({
  id: fingerprintOf(token),
  beganAtMs: issuedAtMs,
});

/**
 * The tokens of one kind that log-ins gave. Nothing is kept of one but a bounded memory of those that were found to count: what it
 * says is sealed into it.
 */
export class SealedTokens<C extends SealedClaims> {
  readonly #remembered = new RememberedTokens<FoundToken>(MAX_REMEMBERED_BYTES);

  constructor(
    private readonly sealer: TokenSealer<C>,
    private readonly clock: Clock,
    private readonly revocations: Pick<Revocations, 'has' | 'end'>,
  ) {}

  get memory(): Pick<RememberedTokens<FoundToken>, 'bytes' | 'limitBytes' | 'evictions'> {
    return this.#remembered;
  }

  seal(claims: C): SecretValue {
    return this.sealer.seal(claims);
  }

  /** What the token says, whether it still counts or not; `undefined` for what was not sealed here as this kind. */
  open(token: string): C | undefined {
    return this.sealer.open(token);
  }

  /** Whether its time is over, which may be earlier than it says, or its owner has ended it. */
  hasEnded(token: string, claims: C, expiresAtMs = claims.expiresAtMs): boolean {
    return this.clock.wall() >= expiresAtMs || this.revocations.has('token', revocableOf(token, claims));
  }

  /** Keeps whose token this was found to be, so that `known` says so until `expiresAtMs`. */
  remember(token: string, claims: C, principal: Principal, expiresAtMs = claims.expiresAtMs): void {
    const found = { principal, expiresAtMs, revocable: revocableOf(token, claims) };
    this.#remembered.set(this.#remembered.digestOf(token), found);
  }

  /** Whose token this is, if it is remembered and has not ended. */
  known(token: string): Principal | undefined {
    const digest = this.#remembered.digestOf(token);
    const found = this.#remembered.get(digest);
    if (found === undefined) return undefined;
    const { principal, expiresAtMs, revocable } = found;
    if (this.clock.wall() < expiresAtMs && !this.revocations.has('token', revocable)) return principal;
    this.#remembered.delete(digest);
    return undefined;
  }

  /** From here on the token does not count any more, as `Revocations` tells. */
  async end(token: string): Promise<void> {
    const claims = this.sealer.open(token);
    if (claims === undefined) return;
    const { expiresAtMs } = claims;
    await this.revocations.end({ kind: 'token', ...revocableOf(token, claims), expiresAtMs }, this.clock.wall());
  }
}
