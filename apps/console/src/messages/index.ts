import { watch } from 'vue';
import { createI18n } from 'vue-i18n';
import { preferences } from '../stores/preferences.js';
import { en, type Messages } from './en.js';
import { LANGUAGES, languageOf } from './languages.js';

const loaders: Readonly<Record<string, () => Promise<Messages>>> = {
  de: async () => (await import('./de.js')).de,
};

export { LANGUAGES };

export const i18n = createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } });

const use = async (language: string): Promise<void> => {
  const { global } = i18n;
  const load = loaders[language];
  if (load !== undefined && !(global.availableLocales as string[]).includes(language)) {
    global.setLocaleMessage(language as 'en', await load());
  }
  global.locale.value = language as 'en';
  document.documentElement.lang = language;
};

/** To be called once: the language follows what is chosen. */
export const followLanguage = (): Promise<void> => {
  watch(
    () => preferences.language,
    (language) => void use(languageOf(language, navigator.languages)),
  );
  return use(languageOf(preferences.language, navigator.languages));
};
