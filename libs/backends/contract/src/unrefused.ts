import { CofferError } from '@coffer/secrets';

/**
 * The rest of a mutation of which a part has taken effect, such as the tags after the value. What it fails with is no
 * refusal, whatever the store says, for the store is not as it was before: an error that would end the mutation becomes
 * `unavailable`, so that it counts as unresolved and is repeated.
 */
export const unrefused = async <T>(rest: Promise<T>): Promise<T> => {
  try {
    return await rest;
  } catch (error) {
    if (!CofferError.is(error) || error.retryable) throw error;
    const details = { ...error.details, refused: error.code };
    throw new CofferError('unavailable', `${error.message}; a part of the change is made already`, details);
  }
};
