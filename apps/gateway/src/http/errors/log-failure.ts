import { errorForLog } from '@coffer/observability';
import type { CofferError } from '@coffer/secrets';
import type { ThrottledLogger } from '@coffer/service';

interface FailedRequest {
  readonly request?: string;
  /** Its pattern, never the path. */
  readonly route?: string | undefined;
  readonly method?: string;
}

/**
 * Logs that a request, or an item of one, failed by no fault of its caller. Failures of one code share a line once in a
 * while, with how many there were, since whoever may ask can ask any number of times while a store is down. `thrown` is
 * what `error` was recognised as; unexpected ones are the same where they come from the same place and route.
 */
export const logFailure = (
  logger: Pick<ThrottledLogger, 'log'>,
  error: CofferError,
  thrown: unknown,
  failed: FailedRequest,
): void => {
  const { code } = error;
  if (code !== 'internal') return logger.log('warn', { ...failed, code }, 'request failed', `failed ${code}`);
  const { name, at } = errorForLog(thrown);
  const place = Array.isArray(at) ? String(at[0]) : '';
  const key = `unexpected ${failed.method} ${failed.route} ${String(name)} ${place}`;
  return logger.log('error', { ...failed, error: thrown }, 'unexpected error', key);
};
