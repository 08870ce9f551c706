import { errorForLog } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';

/** What ended a process that was not told to end. */
export type StopCause = 'an error' | 'an exception that nothing caught' | 'a rejection that nothing handled';

/**
 * The last line of a process, for people. A message of ours as it is; of any other error its kind, its code and its
 * place, for others quote what they were given.
 */
export const stopReport = (error: unknown, cause: StopCause = 'an error'): string => {
  if (CofferError.is(error)) return cause === 'an error' ? error.message : `stopped by ${cause}: ${error.message}`;
  return `stopped by ${cause}: ${JSON.stringify(errorForLog(error))}`;
};
