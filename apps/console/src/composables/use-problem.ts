import { useI18n } from 'vue-i18n';
import { ApiError } from '../api/api-error.js';

/** Says in words what went wrong. What the gateway says is shown as it says it; it never quotes a value. */
export const useProblem = (): ((error: unknown) => string) => {
  const { t, te } = useI18n();
  return (error) => {
    if (!(error instanceof ApiError)) return t('error.unexpected');
    const known = `error.${error.code}`;
    const ours = te(known) ? t(known) : '';
    const theirs = error.status === 0 ? '' : error.message;
    return [ours, theirs].filter((text) => text !== '').join(' — ') || t('error.unexpected');
  };
};
