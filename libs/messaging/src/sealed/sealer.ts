import { CofferError, type SecretPath } from '@coffer/secrets';
import type { KeyRing } from '@coffer/crypto';
import type { z } from 'zod';
import { mutationPayload, outcomePayload, type MutationPayload, type OutcomePayload } from './payload.js';

/**
 * Seals what messages carry, bound to the path and the operation: moved to another message, a body does not open.
 * Opening throws `corrupt` for whatever was not sealed by this key ring for this message, or is of an unknown shape.
 */
export class MessageSealer {
  constructor(private readonly ring: KeyRing) {}

  sealMutation(path: SecretPath, operation: string, payload: MutationPayload): Uint8Array {
    return this.#seal(path, operation, payload);
  }

  openMutation(path: SecretPath, operation: string, body: Uint8Array): MutationPayload {
    return this.#open(path, operation, body, mutationPayload);
  }

  sealOutcome(path: SecretPath, operation: string, payload: OutcomePayload): Uint8Array {
    return this.#seal(path, operation, payload);
  }

  openOutcome(path: SecretPath, operation: string, sealed: Uint8Array): OutcomePayload {
    return this.#open(path, operation, sealed, outcomePayload);
  }

  #seal(path: SecretPath, operation: string, payload: MutationPayload | OutcomePayload): Uint8Array {
    return this.ring.seal(Buffer.from(JSON.stringify(payload), 'utf8'), { purpose: 'kafka', path, operation });
  }

  #open<T>(path: SecretPath, operation: string, body: Uint8Array, schema: z.ZodType<T>): T {
    const plain = this.ring.open(body, { purpose: 'kafka', path, operation });
    let json: unknown;
    try {
      json = JSON.parse(plain.toString('utf8'));
    } catch {
      throw new CofferError('corrupt', 'the message holds no JSON');
    }
    const parsed = schema.safeParse(json);
    if (!parsed.success) throw new CofferError('corrupt', 'the message is of a shape that this version does not know');
    return parsed.data;
  }
}
