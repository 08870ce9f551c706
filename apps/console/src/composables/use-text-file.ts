import type { Ref } from 'vue';
import { useI18n } from 'vue-i18n';

/** Reads files that hold UTF-8; `undefined` for any other, and `error` says why. */
export const useTextFile = (maxBytes: number, error: Ref<string>) => {
  const { t, n } = useI18n();
  return async (file: File): Promise<string | undefined> => {
    error.value = '';
    if (file.size > maxBytes) {
      error.value = t('editor.fileTooLarge', { max: n(maxBytes) });
      return undefined;
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      error.value = t('editor.fileNotText');
      return undefined;
    }
  };
};
