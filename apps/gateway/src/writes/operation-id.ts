import type { KeyRing } from '@coffer/crypto';
import type { SecretPath } from '@coffer/secrets';
import { v7 as uuid } from 'uuid';
import type { WriteOptions } from './write-service.js';

/** The first 16 bytes as a UUID of version 8, the one for contents of one's own. */
const toUuid8 = (bytes: Buffer): string => {
  const id = Buffer.from(bytes.subarray(0, 16));
  id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x80, 6);
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = id.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/**
 * A new UUIDv7, or, with an idempotency key, the same id on every gateway for the same principal, path and key. Nobody
 * without the key ring can derive another caller's id.
 */
export const operationId = (ring: KeyRing, path: SecretPath, { principal, idempotencyKey }: WriteOptions): string =>
  idempotencyKey === undefined
    ? uuid()
    : toUuid8(ring.hmac('fingerprint', 'operation', principal, path.toString(), idempotencyKey));
