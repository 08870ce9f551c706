import type { KeyRing } from '@coffer/crypto';
import { TOKEN_PREFIX } from '../access-token.js';
import { TokenSealer } from '../token-sealer.js';

/** No access token begins with it. */
export const ROLE_TOKEN_PREFIX = `${TOKEN_PREFIX}role_`;

/** What a token of a role says; only processes with the keys can read it or make one. */
export interface RoleClaims {
  readonly role: string;
  readonly secretId: string;
  /** Of the hash of the secret id, so that another one of the same name does not stand for it. */
  readonly fingerprint: string;
  /** Wall-clock times. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export const roleTokenSealer = (ring: Pick<KeyRing, 'seal' | 'open'>): TokenSealer<RoleClaims> =>
  new TokenSealer(ring, ROLE_TOKEN_PREFIX, 'role-token');
