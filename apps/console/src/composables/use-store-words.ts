import { useI18n } from 'vue-i18n';

/** As a gateway calls the store that it has by itself; it is no product's name, as the others are. */
const EMBEDDED = 'the embedded database';

/** What kind of store one is, in the language of the page. */
export const useStoreWords = () => {
  const { t } = useI18n();
  return { typeOf: ({ type }: { type: string }): string => (type === EMBEDDED ? t('system.embedded') : type) };
};
