import type { KeyRing } from '@coffer/crypto';
import { plaintextOf } from '@coffer/messaging';
import type { Mutation } from '@coffer/secrets';
import { v7 as uuid } from 'uuid';
import type { WriteOptions } from './write-service.js';

/** The operation that a mutation belongs to. */
export interface OperationIdentity {
  readonly operation: string;
  /**
   * Equal for equal mutations under one key of the ring; nothing about the value can be learned from it without that key.
   */
  readonly fingerprint: string;
}

const fingerprintOf = (ring: KeyRing, keyId: string, mutation: Mutation): string =>
  ring.hmacWith(keyId, 'fingerprint', 'payload', mutation.path.toString(), plaintextOf(mutation)).toString('hex');

/** The first 16 bytes as a UUID of version 8, the one for contents of one's own. */
const toUuid8 = (bytes: Buffer): string => {
  const id = Buffer.from(bytes.subarray(0, 16));
  id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x80, 6);
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = id.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/**
 * The identities that a mutation may have, the one to be used first.
 *
 * Without an idempotency key there is one, with a new UUIDv7. With one, every gateway derives the same id for the same
 * principal, path and key, whichever encryption key is active: the encryption key whose id sorts first counts, and the
 * identities under the others follow, because a gateway whose ring held other keys may have used them. Nobody without the
 * key ring can derive another caller's id.
 */
export const operationIdentities = (
  ring: KeyRing,
  mutation: Mutation,
  { principal, idempotencyKey }: WriteOptions,
): readonly [OperationIdentity, ...OperationIdentity[]] => {
  const [first = ring.activeId, ...others] = ring.ids;
  if (idempotencyKey === undefined) return [{ operation: uuid(), fingerprint: fingerprintOf(ring, first, mutation) }];
  const identity = (keyId: string): OperationIdentity => ({
    operation: toUuid8(
      ring.hmacWith(keyId, 'fingerprint', 'operation', principal, mutation.path.toString(), idempotencyKey),
    ),
    fingerprint: fingerprintOf(ring, keyId, mutation),
  });
  return [identity(first), ...others.map(identity)];
};
