import type { KeyRing, SealContext } from '@coffer/crypto';
import { CofferError, SecretPath, type Applied, type Mutation } from '@coffer/secrets';
import type { z } from 'zod';
import type { SealedMutation } from '../contract/mutation-queue.js';
import { mutationPayload, outcomePayload, plaintextOf, plaintextOfOutcome } from './payload.js';

/** The one shape of a sealed mutation that this version understands. */
const SCHEMA = 1;

/** Under which operation a mutation is queued, and what it is bound to beside that and its path. */
export interface SealOptions extends Pick<SealedMutation, 'operation' | 'fingerprint' | 'traceparent' | 'sentAt'> {
  /** The partition of the queue: `partitionOf` the path. */
  readonly partition: number;
}

/** An outcome with what it was opened under: it opens under nothing else. */
interface OpenedOutcome {
  readonly path: string;
  readonly operation: string;
  readonly outcome: Omit<Applied, 'outcome'>;
}

/**
 * Seals what messages carry, bound to the path and the operation, mutations also to partition and time: moved to another
 * message, a body does not open.
 * Opening throws `corrupt` for whatever was not sealed by this key ring for this message, or is of an unknown shape.
 */
export class MessageSealer {
  /** By their sealed bodies, for as long as these live: catalogue, change stream and the caller who waits open the same one. */
  readonly #outcomes = new WeakMap<Uint8Array, OpenedOutcome>();

  constructor(private readonly ring: KeyRing) {}

  sealMutation(mutation: Mutation, { partition, ...options }: SealOptions): SealedMutation {
    const { path, kind } = mutation;
    const { operation, sentAt } = options;
    const body = this.#seal({ path, operation, partition, sentAt }, plaintextOf(mutation));
    return { schema: SCHEMA, ...options, kind, path: path.toString(), body };
  }

  /** The mutation that was sealed for that partition. Throws `invalid` where its path is none. */
  openMutation({ schema, path: text, operation, kind, sentAt, body }: SealedMutation, partition: number): Mutation {
    if (schema !== SCHEMA) throw unknownShape();
    const path = SecretPath.parse(text);
    const payload = this.#open({ path, operation, partition, sentAt }, body, mutationPayload);
    if (payload.kind !== kind || path.toString() !== text) {
      throw new CofferError('corrupt', 'the mutation is not what its message says');
    }
    return { ...payload, path };
  }

  sealOutcome(path: SecretPath, operation: string, outcome: Omit<Applied, 'outcome'>): Uint8Array {
    return this.#seal({ path, operation }, plaintextOfOutcome(outcome));
  }

  openOutcome(path: SecretPath, operation: string, sealed: Uint8Array): Omit<Applied, 'outcome'> {
    const known = this.#outcomes.get(sealed);
    if (known?.path === path.toString() && known.operation === operation) return known.outcome;
    const outcome = this.#open({ path, operation }, sealed, outcomePayload);
    this.#outcomes.set(sealed, { path: path.toString(), operation, outcome });
    return outcome;
  }

  #seal(context: Omit<SealContext, 'purpose'>, plaintext: string): Uint8Array {
    return this.ring.seal(Buffer.from(plaintext), { ...context, purpose: 'kafka' });
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
    if (!parsed.success) throw unknownShape();
    return parsed.data;
  }
}

const unknownShape = (): CofferError =>
  new CofferError('corrupt', 'the message is of a shape that this version does not know');
