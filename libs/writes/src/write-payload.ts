import type { KeyRing } from '@coffer/crypto';
import type { MutationPayload } from '@coffer/messaging';
import type { Tag } from '@coffer/secrets';
import type { WriteRequest } from './write-service.js';

const copies = (tags: readonly Tag[]): Tag[] => tags.map(({ key, value }) => ({ key, value }));

/** What the mutation says. The only place where the gateway takes a value out of its wrapping. */
export const payloadOf = (request: WriteRequest): MutationPayload => {
  switch (request.kind) {
    case 'put': {
      const { description, tags } = request.metadata;
      return {
        kind: 'put',
        value: request.value.reveal(),
        ...(description === undefined ? {} : { description }),
        tags: copies(tags),
      };
    }
    case 'patch': {
      const { description, tags } = request.patch;
      return {
        kind: 'patch',
        ...(description === undefined ? {} : { description }),
        ...(tags === undefined ? {} : { tags: copies(tags) }),
      };
    }
    case 'delete':
    case 'drop':
      return { kind: request.kind };
  }
};

/** Equal for equal requests under one key of the ring, and nothing about the value can be learned from it without the key. */
export const fingerprintOf = (ring: KeyRing, keyId: string, request: WriteRequest): string => {
  const payload = JSON.stringify(payloadOf(request));
  return ring.hmacWith(keyId, 'fingerprint', 'payload', request.path.toString(), payload).toString('hex');
};
