import { CofferError, SecretValue, type Fence, type Outcome, type SecretPath } from '@coffer/secrets';
import type { Backend, StoreMutation } from '@coffer/backend-contract';
import type { AttemptResult } from '@coffer/coherence';
import type { MessageSealer, MutationPayload } from '@coffer/messaging';

export interface Attempt {
  readonly path: SecretPath;
  readonly payload: MutationPayload;
  readonly operation: string;
  readonly fence: Fence;
  /** Whether a fence that the store holds, above this one, belongs to a mutation of this queue and path. */
  readonly isOffsetOf: (stored: Fence) => Promise<boolean>;
}

const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/** The attempt as the store's port takes it. Throws `internal` for a drop, which asks the store nothing. */
const mutationOf = ({ path, payload }: Attempt): StoreMutation => {
  switch (payload.kind) {
    case 'put': {
      const metadata = present({ description: payload.description, tags: payload.tags });
      return { kind: 'put', path, value: new SecretValue(payload.value), metadata };
    }
    case 'patch':
      return { kind: 'patch', path, metadata: present({ description: payload.description, tags: payload.tags }) };
    case 'delete':
      return { kind: 'delete', path };
    case 'drop':
      throw new CofferError('internal', 'a drop has nothing to ask the store');
  }
};

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

/** What the store's answer says. A failure from here on leaves the mutation in the store: it refuses nothing. */
const resultOfOutcome = async (outcome: Outcome, attempt: Attempt, sealer: MessageSealer): Promise<AttemptResult> => {
  try {
    if (outcome.outcome === 'superseded') {
      const { storedFence } = outcome;
      return (await attempt.isOffsetOf(storedFence)) ? { kind: 'superseded' } : { kind: 'fence-ahead', storedFence };
    }
    const { version, metadata } = outcome;
    const sealed = sealer.sealOutcome(attempt.path, attempt.operation, {
      version,
      ...present({ description: metadata.description }),
      tags: metadata.tags.map(({ key, value }) => ({ key, value })),
    });
    return { kind: 'applied', sealed };
  } catch {
    return { kind: 'unknown' };
  }
};

/** One attempt at the store, under the fence. Never throws; `failed` is called with what the store threw, for the log. */
export const applyToStore = async (
  backend: Backend,
  attempt: Attempt,
  sealer: MessageSealer,
  failed: (error: unknown) => void,
): Promise<AttemptResult> => {
  let outcome: Outcome;
  try {
    // The facade's own deadline is the one that counts: a caller that gives up tells its breaker nothing.
    outcome = await backend.apply(mutationOf(attempt), {
      fence: attempt.fence,
      signal: new AbortController().signal,
    });
  } catch (error) {
    failed(error);
    return resultOfError(error);
  }
  return resultOfOutcome(outcome, attempt, sealer);
};
