import type { Stores } from '@coffer/backend-registry';
import type { Mutation } from '@coffer/secrets';

/** Throws what the path's store would certainly refuse, before anything is queued. Looks up the store of a drop as well. */
export const validateByStore =
  (stores: Pick<Stores, 'of'>) =>
  (mutation: Mutation): void => {
    const { backend } = stores.of(mutation.path);
    if (mutation.kind !== 'drop') backend.validate(mutation);
  };
