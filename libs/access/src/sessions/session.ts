import type { SecretValue } from '@coffer/secrets';
import type { Claims } from '../claims/claim-value.js';
import type { Principal } from '../principal.js';

/**
 * What somebody signed in with. `fingerprint` changes with the credential itself, so that a session ends with a token,
 * password or issuer that another of the same name took the place of.
 */
export type SessionSource =
  | { readonly kind: 'token' | 'user'; readonly id: string; readonly fingerprint: string }
  | { readonly kind: 'issuer'; readonly id: string; readonly fingerprint: string; readonly claims: Claims };

/** What a browser's cookie says once it was opened. Times are of the wall clock. */
export interface Session {
  readonly id: string;
  readonly source: SessionSource;
  readonly beganAtMs: number;
  /** Whatever the browser does until then. */
  readonly expiresAtMs: number;
  /** When the browser was last given a new cookie for it. */
  readonly renewedAtMs: number;
}

/** What ends a session. Says nothing by which one could use it. */
export type SessionIdentity = Pick<Session, 'id' | 'beganAtMs' | 'expiresAtMs'>;

/** What a browser is to send with its requests. */
export interface SessionCookie {
  readonly value: SecretValue;
  /** Counts from now. */
  readonly maxAgeMs: number;
}

/** A session that counts, and who has it. */
export interface OpenSession {
  readonly principal: Principal;
  /** Replaces the one that the browser has. */
  readonly cookie?: SessionCookie;
}

/** What the configuration says now of what a session came from. */
export interface SessionCredential {
  readonly principal: Principal;
  /** Wall-clock time from which the credential does not count any more; defaults to never. */
  readonly expiresAtMs?: number;
}

/** `undefined` where the credential is gone, was changed, or does not count from the address. */
export type ResumeSession = (source: SessionSource, address: string) => SessionCredential | undefined;
