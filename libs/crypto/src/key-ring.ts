import { createHmac, timingSafeEqual } from 'node:crypto';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { openEnvelope, parseEnvelope, sealEnvelope, type SealContext } from './envelope.js';
import { lengthPrefixed } from './length-prefixed.js';
import { derivePurposeKeys, type HmacPurpose, type PurposeKeys } from './purpose.js';
import { deriveRootKey, MIN_SECRET_LENGTH } from './root-key.js';

export interface KeySource {
  /** Kept in clear in each envelope. Letters, digits, `.`, `_` and `-`, at most 64. */
  readonly id: string;
  /** 32 random bytes as base64, or a text that is stretched by scrypt. */
  readonly secret: SecretValue;
  readonly active: boolean;
}

export interface DeriveOptions {
  /** Characters, default 32; lower only for Kestra's JDBC `secret`, with a warning by the caller. */
  readonly minSecretLength?: number;
}

/** The length of an HMAC-SHA256. */
export const MAC_BYTES = 32;

interface RingKey {
  readonly id: string;
  readonly purposes: PurposeKeys;
}

/**
 * One active key, which seals, and older ones, which only open. Immutable; every method but `derive` is synchronous and
 * takes some ten microseconds plus the time of the bytes.
 */
export class KeyRing {
  /** The ids of all keys, sorted as text. */
  readonly ids: readonly string[];

  private constructor(
    private readonly active: RingKey,
    private readonly keys: ReadonlyMap<string, RingKey>,
  ) {
    this.ids = [...keys.keys()].sort();
  }

  /**
   * Stretches one secret after another: each takes 128 MiB meanwhile. Throws `configuration` unless ids are valid and
   * distinct, secrets long enough, and exactly one key active.
   */
  static async derive(sources: readonly KeySource[], options: DeriveOptions = {}): Promise<KeyRing> {
    const active = sources.filter((source) => source.active).map((source) => source.id);
    const [activeId] = active;
    if (activeId === undefined || active.length > 1) {
      throw new CofferError(
        'configuration',
        `exactly one encryption key must be active, there are ${active.length} of ${sources.length}`,
        { active },
      );
    }
    const keys = new Map<string, RingKey>();
    for (const { id, secret } of sources) {
      if (keys.has(id))
        throw new CofferError('configuration', `the encryption key id '${id}' appears twice`, { key: id });
      const root = await deriveRootKey(id, secret, options.minSecretLength ?? MIN_SECRET_LENGTH);
      keys.set(id, { id, purposes: derivePurposeKeys(root, id) });
    }
    return new KeyRing(KeyRing.find(keys, activeId, 'configuration'), keys);
  }

  get activeId(): string {
    return this.active.id;
  }

  /** The envelope of a record that opens with the same context only. Sealing twice gives two different envelopes. */
  seal(plaintext: Uint8Array, context: SealContext): Buffer {
    return sealEnvelope(this.active.id, this.active.purposes[context.purpose], plaintext, context);
  }

  /**
   * Throws `corrupt` for anything that was not sealed by a key of this ring for this context; a key that the ring does
   * not have is named in the message and in `details.key`.
   */
  open(envelope: Uint8Array, context: SealContext): Buffer {
    const parsed = parseEnvelope(envelope);
    const key = KeyRing.find(this.keys, parsed.keyId, 'corrupt');
    return openEnvelope(parsed, key.purposes[context.purpose], context);
  }

  /** False also for what is no envelope: sealing it anew needs opening it first, which says what is wrong. */
  isSealedByActive(envelope: Uint8Array): boolean {
    try {
      return parseEnvelope(envelope).keyId === this.active.id;
    } catch {
      return false;
    }
  }

  /** HMAC-SHA256 of the length-prefixed parts under the active key: 32 bytes. Changes when another key becomes active. */
  hmac(purpose: HmacPurpose, ...parts: readonly (string | Uint8Array)[]): Buffer {
    return KeyRing.mac(this.active, purpose, parts);
  }

  /** As `hmac`, under the key named, for comparing with what was kept before a rotation. Throws `corrupt` if unknown. */
  hmacWith(keyId: string, purpose: HmacPurpose, ...parts: readonly (string | Uint8Array)[]): Buffer {
    return KeyRing.mac(KeyRing.find(this.keys, keyId, 'corrupt'), purpose, parts);
  }

  /**
   * HMAC-SHA256 of a message of its own under the active key: 32 bytes. `context` says where the message belongs and must
   * be `lengthPrefixed`, so that no context and message are those of another one; it may be kept and used again.
   */
  sign(purpose: HmacPurpose, context: Uint8Array, message: Uint8Array): Buffer {
    return KeyRing.digest(this.active, purpose, context, message);
  }

  /** Whether `mac` is what `sign` gave under the key named. False for a key that the ring does not have. */
  verifies(keyId: string, purpose: HmacPurpose, context: Uint8Array, message: Uint8Array, mac: Uint8Array): boolean {
    const key = this.keys.get(keyId);
    if (key === undefined || mac.byteLength !== MAC_BYTES) return false;
    return timingSafeEqual(KeyRing.digest(key, purpose, context, message), mac);
  }

  private static digest(key: RingKey, purpose: HmacPurpose, context: Uint8Array, message: Uint8Array): Buffer {
    return createHmac('sha256', key.purposes[purpose]).update(context).update(message).digest();
  }

  private static mac(key: RingKey, purpose: HmacPurpose, parts: readonly (string | Uint8Array)[]): Buffer {
    return createHmac('sha256', key.purposes[purpose]).update(lengthPrefixed(parts)).digest();
  }

  private static find(keys: ReadonlyMap<string, RingKey>, id: string, code: 'corrupt' | 'configuration'): RingKey {
    const key = keys.get(id);
    if (key) return key;
    throw new CofferError(
      code,
      `the encryption key '${id}' is not in the configuration; add it under its id with active: false`,
      { key: id },
    );
  }
}
