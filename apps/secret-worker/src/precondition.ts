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
  /** Longest time from the call of `judge` to its answer after which the store may still be asked to apply. */
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
  if ('revision' in precondition) return (stored?.revision ?? 0) === precondition.revision;
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

/** What the store holds, or why that does not count. */
type Seen = { readonly stored: StoredSecret | undefined } | { readonly refusal: AttemptResult };

const look = async (
  backend: Pick<Backend, 'read' | 'capabilities'>,
  mutation: StoreMutation,
  fence: Fence,
  { now, timeoutMs, latest, unresolved, failed }: PreconditionOptions,
): Promise<Seen & { readonly isApplied?: true }> => {
  const { path } = mutation;
  const began = now();
  let stored: StoredSecret | undefined;
  try {
    stored = await backend.read(path, { signal: new AbortController().signal });
  } catch (error) {
    failed(error);
    if (!CofferError.is(error)) return { refusal: refused('internal', true) };
    return { refusal: refused(error.code, error.retryable) };
  }
  // Rule 11: an answer that took longer came perhaps after readers have forgotten the PREPARE.
  if (now() - began > timeoutMs) return { refusal: refused('timeout', true) };
  if (isApplied(mutation, stored, fence, unresolved)) return { stored, isApplied: true };
  if (!backend.capabilities.strongReads) {
    const write = latest.of(path.toString());
    const lags = write !== undefined && now() - write.timestamp < READ_LAG_MS;
    if (lags && isBehind(stored, write)) return { refusal: refused('unavailable', true) };
  }
  return { stored };
};

const withMetadataOf = (mutation: StoreMutation, stored: StoredSecret | undefined): StoreMutation => {
  if (mutation.kind !== 'put' || mutation.keepsMetadata !== true) return mutation;
  const { keepsMetadata: _keepsMetadata, ...put } = mutation;
  return stored === undefined ? put : { ...put, metadata: stored.metadata };
};

/**
 * Judges a mutation's precondition by what the store holds, and gives a put that keeps metadata what it keeps: the mutation
 * as the store is to be asked for it, or the refusal. To be called between CLEARED and the end of the fence, when no other
 * mutation of the path is under way. Nothing has reached the store of what this refuses. Never throws.
 */
export const judge = async (
  backend: Pick<Backend, 'read' | 'capabilities'>,
  mutation: StoreMutation,
  { fence }: Pick<Attempt, 'fence'>,
  options: PreconditionOptions,
): Promise<{ readonly mutation: StoreMutation } | { readonly refusal: AttemptResult }> => {
  const { precondition } = mutation;
  const keeps = mutation.kind === 'put' && mutation.keepsMetadata === true;
  if (precondition === undefined && !keeps) return { mutation };
  const seen = await look(backend, mutation, fence, options);
  if ('refusal' in seen) return seen;
  const { stored } = seen;
  if (seen.isApplied !== true && precondition !== undefined && !holds(precondition, stored)) {
    return { refusal: refused('precondition-failed', false) };
  }
  return { mutation: withMetadataOf(mutation, stored) };
};
