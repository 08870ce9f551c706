import type { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';

const FORMAT = 1;
const MAX_LENGTH = 1_024;
const FORM = /^[A-Za-z0-9_-]+$/;

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

  /** `undefined` for what was not sealed by this installation, or with a key that is gone. */
  open(token: string): C | undefined {
    const text = token.slice(this.prefix.length);
    if (token.length > MAX_LENGTH || !FORM.test(text)) return undefined;
    try {
      const opened = this.ring.open(Buffer.from(text, 'base64url'), this.#context).toString('utf8');
      const { format, ...claims } = JSON.parse(opened) as C & { readonly format: number };
      return format === FORMAT ? (claims as unknown as C) : undefined;
    } catch (error) {
      if (CofferError.is(error, 'corrupt')) return undefined;
      throw error;
    }
  }
}
