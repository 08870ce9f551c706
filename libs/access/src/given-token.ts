import type { SecretValue } from '@coffer/secrets';
import type { Principal } from './principal.js';

/** What a log-in gives: a token that counts for a while, and whose it is. */
export interface GivenToken {
  readonly token: SecretValue;
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

/** From when on and until when a token counts, by the wall clock; what is not known, or never, is absent. */
export interface TokenTimes {
  readonly issuedAtMs?: number;
  readonly expiresAtMs?: number;
}
