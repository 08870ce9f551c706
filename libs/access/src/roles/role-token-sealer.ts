import type { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { TOKEN_PREFIX } from '../access-token.js';

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

const FORMAT = 1;
const MAX_LENGTH = 1_024;
const FORM = /^[A-Za-z0-9_-]+$/;
const CONTEXT = { purpose: 'role-token', path: { tenant: '*', namespace: 'access', key: 'role-token' } } as const;

/** Seals the tokens of roles. Every process with the same keys opens them; none keeps them. */
export class RoleTokenSealer {
  constructor(private readonly ring: Pick<KeyRing, 'seal' | 'open'>) {}

  seal(claims: RoleClaims): SecretValue {
    const content = Buffer.from(JSON.stringify({ format: FORMAT, ...claims }));
    return new SecretValue(ROLE_TOKEN_PREFIX + this.ring.seal(content, CONTEXT).toString('base64url'));
  }

  /** `undefined` for what was not sealed by this installation, or with a key that is gone. */
  open(token: string): RoleClaims | undefined {
    const text = token.slice(ROLE_TOKEN_PREFIX.length);
    if (token.length > MAX_LENGTH || !FORM.test(text)) return undefined;
    try {
      const opened = this.ring.open(Buffer.from(text, 'base64url'), CONTEXT).toString('utf8');
      const { format, ...claims } = JSON.parse(opened) as RoleClaims & { readonly format: number };
      return format === FORMAT ? claims : undefined;
    } catch (error) {
      if (CofferError.is(error, 'corrupt')) return undefined;
      throw error;
    }
  }
}
