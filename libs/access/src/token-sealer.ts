import type { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { bytesOfBase64url } from './base64url.js';

const FORMAT = 1;
const MAX_LENGTH = 1_024;

/** Seals tokens that say themselves whose they are. Every process with the same keys opens them; none keeps them. */
export class TokenSealer<C extends object> {
  readonly #context;

  /** `kind`: what no other kind of token has, beside the prefix. */
  constructor(
    private readonly ring: Pick<KeyRing, 'seal' | 'open'>,
    private readonly prefix: string,
    kind: 'role-token' | 'user-token',
  ) {
    this.#context = { purpose: 'role-token', path: { tenant: '*', namespace: 'access', key: kind } } as const;
  }

  seal(claims: C): SecretValue {
    const content = Buffer.from(JSON.stringify({ format: FORMAT, ...claims }));
    return new SecretValue(this.prefix + this.ring.seal(content, this.#context).toString('base64url'));
  }

  /** `undefined` for what was not sealed by this installation, or with a key that is gone, and for another spelling of a token. */
  open(token: string): C | undefined {
    const sealed = token.length > MAX_LENGTH ? undefined : bytesOfBase64url(token.slice(this.prefix.length));
    if (sealed === undefined) return undefined;
    try {
      const opened = this.ring.open(sealed, this.#context).toString('utf8');
      const { format, ...claims } = JSON.parse(opened) as C & { readonly format: number };
      return format === FORMAT ? (claims as unknown as C) : undefined;
    } catch (error) {
      if (CofferError.is(error, 'corrupt')) return undefined;
      throw error;
    }
  }
}
