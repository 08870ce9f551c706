import type { SecretValue } from '@coffer/secrets';
import type { Principal } from './principal.js';
import { fingerprintOf } from './sessions/fingerprint.js';
import { EndedSessions } from './sessions/ended-sessions.js';

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

/** The tokens that their owners have ended before their time, in this process, as sessions are. */
export class EndedTokens {
  readonly #ended = new EndedSessions();

  has(token: string, issuedAtMs: number): boolean {
    return this.#ended.has({ id: fingerprintOf(token), beganAtMs: issuedAtMs });
  }

  add(token: string, { issuedAtMs, expiresAtMs }: Required<TokenTimes>, nowMs: number): void {
    this.#ended.add({ id: fingerprintOf(token), beganAtMs: issuedAtMs, expiresAtMs }, nowMs);
  }
}
