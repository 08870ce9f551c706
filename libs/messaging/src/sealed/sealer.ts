import { CofferError, type SecretPath } from '@coffer/secrets';
import type { KeyRing, SealContext } from '@coffer/crypto';
import type { z } from 'zod';
import { mutationPayload, outcomePayload, type MutationPayload, type OutcomePayload } from './payload.js';

/** What a mutation is bound to. */
export interface MutationSeal {
  readonly path: SecretPath;
  readonly operation: string;
  /** The partition of the queue: `partitionOf` the path. */
  readonly partition: number;
  /** As `MutationRecord.sentAt`. */
  readonly sentAt: number;
}

/**
 * Seals what messages carry, bound to the path and the operation, mutations also to partition and time: moved to another
 * message, a body does not open.
 * Opening throws `corrupt` for whatever was not sealed by this key ring for this message, or is of an unknown shape.
 */
export class MessageSealer {
  constructor(private readonly ring: KeyRing) {}

  sealMutation(seal: MutationSeal, payload: MutationPayload): Uint8Array {
    return this.#seal(seal, payload);
  }

  openMutation(seal: MutationSeal, body: Uint8Array): MutationPayload {
    return this.#open(seal, body, mutationPayload);
  }

  sealOutcome(path: SecretPath, operation: string, payload: OutcomePayload): Uint8Array {
    return this.#seal({ path, operation }, payload);
  }

  openOutcome(path: SecretPath, operation: string, sealed: Uint8Array): OutcomePayload {
    return this.#open({ path, operation }, sealed, outcomePayload);
  }

  #seal(context: Omit<SealContext, 'purpose'>, payload: MutationPayload | OutcomePayload): Uint8Array {
    return this.ring.seal(Buffer.from(JSON.stringify(payload), 'utf8'), { ...context, purpose: 'kafka' });
  }

  #open<T>(context: Omit<SealContext, 'purpose'>, body: Uint8Array, schema: z.ZodType<T>): T {
    const plain = this.ring.open(body, { ...context, purpose: 'kafka' });
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
