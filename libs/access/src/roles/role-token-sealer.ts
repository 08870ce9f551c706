import type { KeyRing } from '@coffer/crypto';
import { TOKEN_PREFIX } from '../access-token.js';
import type { SealedClaims } from '../sealed-tokens.js';
import { TokenSealer } from '../token-sealer.js';

/** No access token begins with it. */
export const ROLE_TOKEN_PREFIX = `${TOKEN_PREFIX}role_`;

export interface RoleClaims extends SealedClaims {
  readonly role: string;
  readonly secretId: string;
}

export const roleTokenSealer = (ring: Pick<KeyRing, 'seal' | 'open'>): TokenSealer<RoleClaims> =>
  new TokenSealer(ring, ROLE_TOKEN_PREFIX, 'role-token');
