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

/** `[tag, end]` of an absent secret, `[tag, end, version, value, revision, changed]` of another; 0 for an unknown time. */
type Content = readonly [string, number] | readonly [string, number, string, string, number, number];

const textOf = ({ secret, tag, expiresAt }: SharedEntry): string => {
  const head = [tag.toString(), expiresAt] as const;
  if (secret === undefined) return JSON.stringify(head satisfies Content);
  const { version, value, revision, changed = 0 } = secret;
  return JSON.stringify([...head, version, value.reveal(), revision, changed] satisfies Content);
};

const entryOf = ([tag, expiresAt, ...rest]: Content): SharedEntry => {
  const head = { tag: BigInt(tag), expiresAt };
  const [version, value, revision, changed] = rest;
  if (version === undefined || value === undefined || revision === undefined) return { secret: undefined, ...head };
  const secret = { version, value: new SecretValue(value), revision, ...(changed ? { changed } : {}) };
  return { secret, ...head };
};

/** Seals value, version, tag and end together, bound to the path: none of them can be had or changed alone. */
export class EntryCodec {
  constructor(private readonly ring: KeyRing) {}

  encode(path: SecretPath, entry: SharedEntry): Buffer {
    return this.ring.seal(Buffer.from(textOf(entry)), { purpose: 'redis', path });
  }

  /** `undefined` for whatever was not sealed by a key of the ring for this path. */
  decode(path: SecretPath, sealed: Uint8Array): SharedEntry | undefined {
    try {
      const opened = this.ring.open(sealed, { purpose: 'redis', path });
      return entryOf(JSON.parse(opened.toString('utf8')) as Content);
    } catch {
      return undefined;
    }
  }
}
