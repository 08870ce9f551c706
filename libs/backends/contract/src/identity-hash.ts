import { createHash } from 'node:crypto';

/**
 * SHA-256 of the texts, each as four bytes of length and its UTF-8: no two lists of texts are hashed alike, whatever
 * characters they hold.
 */
export const identityHash = (...texts: readonly string[]): Buffer => {
  const hash = createHash('sha256');
  for (const text of texts) {
    const bytes = Buffer.from(text, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
};
