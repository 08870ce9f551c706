import { createHash } from 'node:crypto';
import type { SecretPath } from '@coffer/secrets';

/**
 * The row's id: SHA-256 of prefix, tenant, namespace and key, each as four bytes of length and its UTF-8, so that no
 * two places share one whatever characters they hold.
 */
export const identityOf = (prefix: string, path: SecretPath): Buffer => {
  const hash = createHash('sha256');
  for (const part of [prefix, path.tenant, path.namespace, path.key]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
};
