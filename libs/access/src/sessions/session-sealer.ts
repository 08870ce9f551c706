import type { KeyRing } from '@coffer/crypto';
import { CofferError, SecretValue } from '@coffer/secrets';
import { bytesOfBase64url } from '../base64url.js';

/** Kind of what a browser is given. One kind does not open as another. */
export type SealedKind = 'session' | 'login';

/** Browsers keep cookies of up to 4,096 bytes, their name and attributes included. */
export const MAX_COOKIE_LENGTH = 3_800;

const contextOf = (kind: SealedKind) => ({
  purpose: 'session' as const,
  path: { tenant: '*', namespace: 'browser', key: kind },
});

/** Seals what a browser keeps and must be able neither to read nor to change. Every process with the same keys opens it. */
export class SessionSealer {
  constructor(private readonly ring: Pick<KeyRing, 'seal' | 'open'>) {}

  /** Throws `too-large` for what no browser would keep. */
  seal(kind: SealedKind, content: object): SecretValue {
    const text = this.ring.seal(Buffer.from(JSON.stringify(content)), contextOf(kind)).toString('base64url');
    if (text.length <= MAX_COOKIE_LENGTH) return new SecretValue(text);
    throw new CofferError(
      'too-large',
      `what is known of the caller takes more than the ${MAX_COOKIE_LENGTH} characters of a cookie: name fewer claims in the bindings, or patterns that match fewer of their values`,
    );
  }

  /** `undefined` for what was not sealed by this installation as this kind, or with a key that is gone. */
  open(kind: SealedKind, text: string): unknown {
    const sealed = text.length > MAX_COOKIE_LENGTH ? undefined : bytesOfBase64url(text);
    if (sealed === undefined) return undefined;
    try {
      return JSON.parse(this.ring.open(sealed, contextOf(kind)).toString('utf8')) as unknown;
    } catch (error) {
      if (CofferError.is(error, 'corrupt')) return undefined;
      throw error;
    }
  }
}
