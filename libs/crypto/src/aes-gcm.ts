import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

export const KEY_BYTES = 32;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** Without an explicit length Node accepts tags of four bytes, which are forged in seconds. */
const OPTIONS = { authTagLength: TAG_BYTES };

/**
 * AES-256-GCM (NIST SP 800-38D). A pair of key and nonce must never encrypt twice. The answer is ciphertext ‖ tag.
 * The key is a `KeyObject` also because Node takes four times as long with the bytes.
 */
export const encrypt = (key: KeyObject, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  return Buffer.concat([ciphertext, cipher.final(), cipher.getAuthTag()]);
};

/** Throws when ciphertext, tag, nonce or additional data is not what was encrypted; nothing is given out before. */
export const decrypt = (
  key: KeyObject,
  nonce: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, OPTIONS);
  decipher.setAuthTag(tag);
  decipher.setAAD(aad);
  const plaintext = decipher.update(ciphertext);
  // GCM is a stream mode: everything came out of `update`, `final` only checks the tag.
  decipher.final();
  return plaintext;
};
