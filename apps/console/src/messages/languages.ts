/** Languages by their own names. English is always there; others come when they are chosen. */
export const LANGUAGES: Readonly<Record<string, string>> = { en: 'English', de: 'Deutsch' };

/** The language that was chosen, else the first one of the browser that there is. */
export const languageOf = (chosen: string, wanted: readonly string[]): string =>
  [chosen, ...wanted.map((each) => each.split('-')[0] ?? '')].find((each) => Object.hasOwn(LANGUAGES, each)) ?? 'en';
