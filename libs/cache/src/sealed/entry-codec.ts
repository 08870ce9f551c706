import type { KeyRing } from '@coffer/crypto';
import { SecretValue, type SecretPath } from '@coffer/secrets';
import type { CachedSecret } from '../entry.js';

/** An entry between processes: its end is a moment of the wall clock that they share. */
export interface SharedEntry {
  readonly secret: CachedSecret | undefined;
  readonly tag: bigint;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** `[tag, end]` of an absent secret, `[tag, end, version, value]` of another. */
type Content = readonly [string, number] | readonly [string, number, string, string];

/** Seals value, version, tag and end together, bound to the path: none of them can be had or changed alone. */
export class EntryCodec {
  constructor(private readonly ring: KeyRing) {}

  encode(path: SecretPath, { secret, tag, expiresAt }: SharedEntry): Buffer {
    const head = [tag.toString(), expiresAt] as const;
    const content: Content = secret === undefined ? head : [...head, secret.version, secret.value.reveal()];
    return this.ring.seal(Buffer.from(JSON.stringify(content)), { purpose: 'redis', path });
  }

  /** `undefined` for whatever was not sealed by a key of the ring for this path. */
  decode(path: SecretPath, sealed: Uint8Array): SharedEntry | undefined {
    try {
      const opened = this.ring.open(sealed, { purpose: 'redis', path });
      const [tag, expiresAt, version, value] = JSON.parse(opened.toString('utf8')) as Content;
      const secret =
        version === undefined || value === undefined ? undefined : { version, value: new SecretValue(value) };
      return { secret, tag: BigInt(tag), expiresAt };
    } catch {
      return undefined;
    }
  }
}
