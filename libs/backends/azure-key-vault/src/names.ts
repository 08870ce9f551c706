import { createHash } from 'node:crypto';
import type { SecretPath } from '@coffer/secrets';

/** Names are 1 to 127 of `0-9A-Za-z-` and case-insensitive, so the hash alone tells paths apart: 160 bits of it. */
const HASH = 40;
const READABLE = 80;

/** One name for each prefix and path; the readable part is for people. */
export const nameOf = (prefix: string, path: SecretPath): string => {
  const hash = createHash('sha256');
  for (const part of [prefix, path.tenant, path.namespace, path.key]) {
    hash.update(`${Buffer.byteLength(part, 'utf8')}:`).update(part, 'utf8');
  }
  const readable = `${path.namespace}-${path.key}`.replace(/[^0-9A-Za-z]+/g, '-').slice(0, READABLE);
  return `${readable.replace(/^-|-$/g, '')}-${hash.digest('hex').slice(0, HASH)}`;
};
