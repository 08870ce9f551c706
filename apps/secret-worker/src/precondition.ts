import type { Backend, StoredSecret, StoreMutation } from '@coffer/backend-contract';
import type { Attempt, AttemptResult } from '@coffer/coherence';
import { isBehind, type LatestWrites } from '@coffer/reads';
import { CofferError, type Fence, type Precondition } from '@coffer/secrets';

/**
 * How long a store without strong reads may answer what was before a write of Coffer's, in milliseconds. Whatever it answers
 * later counts: somebody may have changed it without Coffer.
 */
export const READ_LAG_MS = 30_000;

export interface PreconditionOptions {
  /** Milliseconds, on a clock that does not stand still while the machine is suspended. */
  readonly now: () => number;
  /** Longest time from the call of `refusedBy` to its answer after which the store may still be asked to apply. */
  readonly timeoutMs: number;
  /** Writes as the log has them, timed by `now`; of stores whose reads lag. */
  readonly latest: Pick<LatestWrites, 'of'>;
  /** Whether a call under the same fence, of this worker or an earlier owner, may have taken effect. */
  readonly unresolved: boolean;
  /** Called with what the store threw, for the log. */
  readonly failed: (error: unknown) => void;
}

const holds = (precondition: Precondition, stored: StoredSecret | undefined): boolean => {
  if (precondition === 'absent') return stored === undefined;
  if (precondition === 'present') return stored !== undefined;
  return stored !== undefined && precondition.versions.includes(stored.version);
};

/** Whether the store holds the effect of this fence, or of a higher one: then it says itself what becomes of the attempt. */
const isApplied = (mutation: StoreMutation, stored: StoredSecret | undefined, fence: Fence, unresolved: boolean) => {
  if (stored === undefined) return mutation.kind === 'delete' && unresolved;
  return stored.fence !== undefined && stored.fence >= fence;
};

const refused = (code: CofferError['code'], retryable: boolean): AttemptResult => ({
  kind: 'refused',
  code,
  retryable,
});

/**
 * Judges a mutation's precondition by what the store holds: `undefined` where the mutation may be applied. To be called
 * between CLEARED and the end of the fence, when no other mutation of the path is under way. Nothing has reached the store
 * of what this refuses. Never throws.
 */
export const refusedBy = async (
  backend: Pick<Backend, 'read' | 'capabilities'>,
  mutation: StoreMutation,
  { fence }: Pick<Attempt, 'fence'>,
  { now, timeoutMs, latest, unresolved, failed }: PreconditionOptions,
): Promise<AttemptResult | undefined> => {
  const { precondition, path } = mutation;
  if (precondition === undefined) return undefined;
  const began = now();
  let stored: StoredSecret | undefined;
  try {
    stored = await backend.read(path, { signal: new AbortController().signal });
  } catch (error) {
    failed(error);
    if (!CofferError.is(error)) return refused('internal', true);
    return refused(error.code, error.retryable);
  }
  // Rule 11: an answer that took longer came perhaps after readers have forgotten the PREPARE.
  if (now() - began > timeoutMs) return refused('timeout', true);
  if (isApplied(mutation, stored, fence, unresolved)) return undefined;
  if (!backend.capabilities.strongReads) {
    const write = latest.of(path.toString());
    const lags = write !== undefined && now() - write.timestamp < READ_LAG_MS;
    if (lags && isBehind(stored, write)) return refused('unavailable', true);
  }
  return holds(precondition, stored) ? undefined : refused('precondition-failed', false);
};
