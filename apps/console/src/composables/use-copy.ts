import { useI18n } from 'vue-i18n';
import { notify } from './notify.js';

/** Copies a text and says what was copied, never the text. */
export const useCopy = (): ((text: string, what: string) => Promise<void>) => {
  const { t } = useI18n();
  return async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      notify.success(t('copy.done', { what }));
    } catch {
      notify.failure(t('copy.refused'));
    }
  };
};
