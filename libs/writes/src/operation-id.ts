import type { KeyRing } from '@coffer/crypto';
import { v7 as uuid } from 'uuid';
import { fingerprintOf } from './write-payload.js';
import type { WriteOptions, WriteRequest } from './write-service.js';

/** An operation's id, and the fingerprint of what was asked under it. */
export interface OperationIdentity {
  readonly operation: string;
  readonly fingerprint: string;
}

/** The first 16 bytes as a UUID of version 8, the one for contents of one's own. */
const toUuid8 = (bytes: Buffer): string => {
  const id = Buffer.from(bytes.subarray(0, 16));
  id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x80, 6);
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = id.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/**
 * The identities that a request may have, the one to be used first.
 *
 * Without an idempotency key there is one, with a new UUIDv7. With one, every gateway derives the same id for the same
 * principal, path and key, whichever encryption key is active: the encryption key whose id sorts first counts, and the
 * identities under the others follow, because a gateway whose ring held other keys may have used them. Nobody without the
 * key ring can derive another caller's id.
 */
export const operationIdentities = (
  ring: KeyRing,
  request: WriteRequest,
  { principal, idempotencyKey }: WriteOptions,
): readonly [OperationIdentity, ...OperationIdentity[]] => {
  const [first = ring.activeId, ...others] = ring.ids;
  if (idempotencyKey === undefined) return [{ operation: uuid(), fingerprint: fingerprintOf(ring, first, request) }];
  const identity = (keyId: string): OperationIdentity => ({
    operation: toUuid8(
      ring.hmacWith(keyId, 'fingerprint', 'operation', principal, request.path.toString(), idempotencyKey),
    ),
    fingerprint: fingerprintOf(ring, keyId, request),
  });
  return [identity(first), ...others.map(identity)];
};
