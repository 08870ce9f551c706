import { createSecretKey, randomFillSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import { CofferError } from '@coffer/secrets';
import { decrypt, encrypt, KEY_BYTES, NONCE_BYTES, TAG_BYTES } from './aes-gcm.js';
import { hkdf } from './hkdf.js';
import { lengthPrefixed } from './length-prefixed.js';
import type { SealPurpose } from './purpose.js';
import { isKeyId } from './root-key.js';

/** Where a record belongs. It opens nowhere else. */
export interface SealContext {
  readonly purpose: SealPurpose;
  /** A `SecretPath`, or the three parts of one. */
  readonly path: { readonly tenant: string; readonly namespace: string; readonly key: string };
  /** The operation's id, for messages: a mutation does not open as another one's. */
  readonly operation?: string;
  /** The queue's partition, for mutations: one does not open in another partition. */
  readonly partition?: number;
  /** When it was sealed, for mutations, in milliseconds since the Unix epoch. */
  readonly sentAt?: number;
}

/** magic(4) ‖ version(1) ‖ length of id(1) ‖ key id ‖ salt(32) ‖ commitment(32) ‖ ciphertext ‖ tag(16). */
export interface Envelope {
  readonly keyId: string;
  readonly salt: Buffer;
  readonly commitment: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

export const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('CFFR', 'latin1');
const ID_AT = MAGIC.length + 2;
const SALT_BYTES = 32;
const COMMITMENT_BYTES = 32;
const RECORD_INFO = Buffer.from('coffer/v1/record', 'latin1');

const corrupt = (what: string): CofferError =>
  new CofferError('corrupt', `the sealed record cannot be opened: ${what}`);

/** Views of the envelope's parts, copying nothing. Throws `corrupt`; whether it is genuine is for `openEnvelope`. */
export const parseEnvelope = (bytes: Uint8Array): Envelope => {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.length < ID_AT || !all.subarray(0, MAGIC.length).equals(MAGIC)) throw corrupt('it is no envelope of Coffer');
  const version = all.readUInt8(MAGIC.length);
  if (version !== FORMAT_VERSION) throw corrupt(`its format version ${version} is not known, only ${FORMAT_VERSION}`);
  const saltAt = ID_AT + all.readUInt8(MAGIC.length + 1);
  const commitmentAt = saltAt + SALT_BYTES;
  const ciphertextAt = commitmentAt + COMMITMENT_BYTES;
  const tagAt = all.length - TAG_BYTES;
  if (tagAt < ciphertextAt) throw corrupt('it is cut short');
  const keyId = all.toString('latin1', ID_AT, saltAt);
  if (!isKeyId(keyId)) throw corrupt('it names no key');
  return {
    keyId,
    salt: all.subarray(saltAt, commitmentAt),
    commitment: all.subarray(commitmentAt, ciphertextAt),
    ciphertext: all.subarray(ciphertextAt, tagAt),
    tag: all.subarray(tagAt),
  };
};

/**
 * The record's own key, nonce and commitment, from the purpose's key and the record's salt. A random salt of 256 bits
 * makes every record's key its own, so the nonce repeats under no key however many records there are. The commitment
 * binds the envelope to one key, which GCM's tag alone does not.
 */
const recordKeys = (key: KeyObject, salt: Uint8Array): { key: KeyObject; nonce: Buffer; commitment: Buffer } => {
  const okm = hkdf(key, salt, RECORD_INFO, KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES);
  const keyBytes = okm.subarray(0, KEY_BYTES);
  const recordKey = createSecretKey(keyBytes);
  keyBytes.fill(0);
  return {
    key: recordKey,
    nonce: okm.subarray(KEY_BYTES, KEY_BYTES + NONCE_BYTES),
    commitment: okm.subarray(KEY_BYTES + NONCE_BYTES),
  };
};

/** Names stand before optional fields, so that no field is taken for another one. */
const additionalData = ({ purpose, path, operation, partition, sentAt }: SealContext): Buffer => {
  const fields = [purpose, path.tenant, path.namespace, path.key, String(FORMAT_VERSION)];
  if (operation !== undefined) fields.push('operation', operation);
  if (partition !== undefined) fields.push('partition', String(partition));
  if (sentAt !== undefined) fields.push('sentAt', String(sentAt));
  return lengthPrefixed(fields);
};

export const sealEnvelope = (keyId: string, key: KeyObject, plaintext: Uint8Array, context: SealContext): Buffer => {
  const saltAt = ID_AT + keyId.length;
  const head = Buffer.allocUnsafe(saltAt + SALT_BYTES + COMMITMENT_BYTES);
  MAGIC.copy(head);
  head.writeUInt8(FORMAT_VERSION, MAGIC.length);
  head.writeUInt8(keyId.length, MAGIC.length + 1);
  head.write(keyId, ID_AT, 'latin1');
  randomFillSync(head, saltAt, SALT_BYTES);
  const record = recordKeys(key, head.subarray(saltAt, saltAt + SALT_BYTES));
  record.commitment.copy(head, saltAt + SALT_BYTES);
  return Buffer.concat([head, encrypt(record.key, record.nonce, additionalData(context), plaintext)]);
};

/** Throws `corrupt`, with one message for every reason, when the record was not sealed by `key` for `context`. */
export const openEnvelope = (envelope: Envelope, key: KeyObject, context: SealContext): Buffer => {
  const aad = additionalData(context);
  const record = recordKeys(key, envelope.salt);
  try {
    if (timingSafeEqual(record.commitment, envelope.commitment)) {
      return decrypt(record.key, record.nonce, aad, envelope.ciphertext, envelope.tag);
    }
  } catch {
    // A wrong tag; OpenSSL's error says nothing more.
  }
  throw corrupt('it was changed, moved, or sealed with another key of the same id');
};
