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

interface Keys {
  readonly active: RingKey;
  readonly byId: ReadonlyMap<string, RingKey>;
  /** Sorted as text. */
  readonly ids: readonly string[];
}

/** What is compared to tell whether two keys of one id are the same. */
const PROBE = ['coffer/v1/same-key'] as const;

/**
 * One active key, which seals, and others, which only open. Its keys change by `replace` alone, for everybody who holds the
 * ring at once. Every method but `derive` is synchronous and takes some ten microseconds plus the time of the bytes.
 */
export class KeyRing {
  #keys: Keys;
  readonly #listeners = new Set<() => void>();

  private constructor(active: RingKey, byId: ReadonlyMap<string, RingKey>) {
    this.#keys = { active, byId, ids: [...byId.keys()].sort() };
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
    return this.#keys.active.id;
  }

  /** The ids of all keys, sorted as text. */
  get ids(): readonly string[] {
    return this.#keys.ids;
  }

  /**
   * Takes over the keys of another ring. `confirm` is called when they count; where it throws, the keys from before count
   * again, and its error is thrown. Nothing else runs in between. Throws `configuration`, and changes nothing, when a key of
   * the same id is another one: what it sealed would not open any more.
   */
  replace(next: KeyRing, confirm: () => void = () => undefined): void {
    const before = this.#keys;
    const after = next.#keys;
    for (const [id, key] of before.byId) {
      const other = after.byId.get(id);
      if (other === undefined || KeyRing.same(key, other)) continue;
      throw new CofferError(
        'configuration',
        `the encryption key '${id}' has another secret than before; give a new secret a new id, and keep the old one`,
        { key: id },
      );
    }
    this.#keys = after;
    try {
      confirm();
    } catch (error) {
      this.#keys = before;
      throw error;
    }
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener after each change of the keys, until the answer is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The envelope of a record that opens with the same context only. Sealing twice gives two different envelopes. */
  seal(plaintext: Uint8Array, context: SealContext): Buffer {
    const { id, purposes } = this.#keys.active;
    return sealEnvelope(id, purposes[context.purpose], plaintext, context);
  }

  /**
   * Throws `corrupt` for anything that was not sealed by a key of this ring for this context; a key that the ring does
   * not have is named in the message and in `details.key`.
   */
  open(envelope: Uint8Array, context: SealContext): Buffer {
    const parsed = parseEnvelope(envelope);
    const key = KeyRing.find(this.#keys.byId, parsed.keyId, 'corrupt');
    return openEnvelope(parsed, key.purposes[context.purpose], context);
  }

  /** The id of the key that sealed an envelope, which stands in it in clear. Throws `corrupt` for what is none. */
  static keyIdOf(envelope: Uint8Array): string {
    return parseEnvelope(envelope).keyId;
  }

  /** False also for what is no envelope: sealing it anew needs opening it first, which says what is wrong. */
  isSealedByActive(envelope: Uint8Array): boolean {
    try {
      return parseEnvelope(envelope).keyId === this.activeId;
    } catch {
      return false;
    }
  }

  /** HMAC-SHA256 of the length-prefixed parts under the active key: 32 bytes. Changes when another key becomes active. */
  hmac(purpose: HmacPurpose, ...parts: readonly (string | Uint8Array)[]): Buffer {
    return KeyRing.mac(this.#keys.active, purpose, parts);
  }

  /** As `hmac`, under the key named, for comparing with what was kept before a rotation. Throws `corrupt` if unknown. */
  hmacWith(keyId: string, purpose: HmacPurpose, ...parts: readonly (string | Uint8Array)[]): Buffer {
    return KeyRing.mac(KeyRing.find(this.#keys.byId, keyId, 'corrupt'), purpose, parts);
  }

  /**
   * HMAC-SHA256 of a message of its own under the active key: 32 bytes. `context` says where the message belongs and must
   * be `lengthPrefixed`, so that no context and message are those of another one; it may be kept and used again.
   */
  sign(purpose: HmacPurpose, context: Uint8Array, message: Uint8Array): Buffer {
    return KeyRing.digest(this.#keys.active, purpose, context, message);
  }

  /** Whether `mac` is what `sign` gave under the key named. False for a key that the ring does not have. */
  verifies(keyId: string, purpose: HmacPurpose, context: Uint8Array, message: Uint8Array, mac: Uint8Array): boolean {
    const key = this.#keys.byId.get(keyId);
    if (key === undefined || mac.byteLength !== MAC_BYTES) return false;
    return timingSafeEqual(KeyRing.digest(key, purpose, context, message), mac);
  }

  private static same(one: RingKey, other: RingKey): boolean {
    return timingSafeEqual(KeyRing.mac(one, 'fingerprint', PROBE), KeyRing.mac(other, 'fingerprint', PROBE));
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
