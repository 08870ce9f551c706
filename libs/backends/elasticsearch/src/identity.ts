import { createHash } from 'node:crypto';
import type { SecretPath } from '@coffer/secrets';

/**
 * The document's `_id`: SHA-256, as base64url, of tenant, namespace and key, each as four bytes of length and its UTF-8,
 * so that no two paths share one whatever characters they hold; 43 bytes, of the 512 that Elasticsearch allows.
 */
export const identityOf = (path: SecretPath): string => {
  const hash = createHash('sha256');
  for (const part of [path.tenant, path.namespace, path.key]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest('base64url');
};
