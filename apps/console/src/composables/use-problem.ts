import { useI18n } from 'vue-i18n';
import { ApiError } from '../api/api-error.js';
import type { Problem } from '../api/types.js';

/**
 * Says in words what went wrong: what the code means, in the language of the page, and what the gateway says of this case,
 * which is in English and marked as its own where the page is not. It never quotes a value.
 */
export const useProblem = () => {
  const { t, te } = useI18n();
  const worded = (code: string, said: string): string => {
    const known = `error.${code}`;
    if (!te(known, 'en')) return said === '' ? t('error.unexpected') : t('problem.said', { said });
    return said === '' ? t(known) : t('problem.known', { known: t(known), said });
  };
  /** What went wrong with a request, in words. */
  const problemOf = (error: unknown): string => {
    if (!(error instanceof ApiError)) return t('error.unexpected');
    return worded(error.code, error.status === 0 ? '' : error.message);
  };
  /** Why one item of an answer was refused, in words; empty without a problem. */
  const refusalOf = (problem: Pick<Problem, 'code' | 'detail'> | undefined): string =>
    problem === undefined ? '' : worded(problem.code, problem.detail);
  return Object.assign(problemOf, { refusalOf });
};
