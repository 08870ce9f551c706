import type { Backend, StoreMutation } from '@coffer/backend-contract';
import type { AttemptResult } from '@coffer/coherence';
import type { MessageSealer } from '@coffer/messaging';
import { CofferError, type Fence, type Outcome } from '@coffer/secrets';
import type { OpenedAttempt } from './attempt.js';
import { judge, type PreconditionOptions } from './precondition.js';

export interface StoreCallOptions extends PreconditionOptions {
  readonly sealer: MessageSealer;
  /** Whether a fence that the store holds, above the attempt's own, belongs to a mutation of this queue and path. */
  readonly isOffsetOf: (stored: Fence) => Promise<boolean>;
}

/**
 * What an error says about the attempt. Only what certainly did not and will not take effect is a refusal: a call that
 * timed out or was cut may land later, unless it is known not to have reached the store (`details.reached` is false).
 */
export const resultOfError = (error: unknown): AttemptResult => {
  if (!CofferError.is(error)) return { kind: 'unknown' };
  const mayLand = error.code === 'timeout' || error.code === 'unavailable' || error.code === 'internal';
  if (mayLand && error.details['reached'] !== false) return { kind: 'unknown' };
  return { kind: 'refused', code: error.code, retryable: error.retryable };
};

/** Asks the store once, for an attempt at the mutation, under its fence and precondition. Never throws. */
export const callStore = async (
  backend: Backend,
  mutation: StoreMutation,
  { operation, fence, changed }: Pick<OpenedAttempt, 'operation' | 'fence' | 'changed'>,
  options: StoreCallOptions,
): Promise<AttemptResult> => {
  const { sealer, isOffsetOf, failed } = options;
  const judged = await judge(backend, mutation, { fence }, options);
  if ('refusal' in judged) return judged.refusal;
  let outcome: Outcome;
  try {
    // The facade's own deadline is the one that counts: a caller that gives up tells its breaker nothing.
    outcome = await backend.apply(judged.mutation, { fence, changed, signal: new AbortController().signal });
  } catch (error) {
    failed(error);
    return resultOfError(error);
  }
  // A failure from here on leaves the mutation in the store: it refuses nothing.
  try {
    if (outcome.outcome === 'applied') {
      return { kind: 'applied', sealed: sealer.sealOutcome(mutation.path, operation, outcome) };
    }
    const { storedFence } = outcome;
    return (await isOffsetOf(storedFence)) ? { kind: 'superseded' } : { kind: 'fence-ahead', storedFence };
  } catch {
    return { kind: 'unknown' };
  }
};
