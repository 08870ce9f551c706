import { reactive, watch } from 'vue';

/** What a browser keeps for its user. Nothing of a secret is among it. */
export interface Preferences {
  theme: 'auto' | 'light' | 'dark';
  language: string;
  density: 'comfortable' | 'compact';
  hiddenColumns: string[];
  columnWidths: Record<string, number>;
  tenants: string[];
}

const read = <T>(name: string, fallback: T, isOne: (value: unknown) => value is T): T => {
  try {
    const text = localStorage.getItem(`coffer.${name}`);
    const value: unknown = text === null ? fallback : JSON.parse(text);
    return isOne(value) ? value : fallback;
  } catch {
    return fallback;
  }
};

const write = (name: string, text: string): void => {
  try {
    localStorage.setItem(`coffer.${name}`, text);
  } catch {
    // Storage is refused: the choice holds for this page.
  }
};

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= 100 && value.every((each) => typeof each === 'string');
const isWidths = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' && value !== null && Object.values(value).every((width) => typeof width === 'number');
const isDensity = (value: unknown): value is Preferences['density'] => value === 'comfortable' || value === 'compact';
const isText = (value: unknown): value is string => typeof value === 'string';

const storedTheme = (): Preferences['theme'] => {
  try {
    const theme = localStorage.getItem('coffer.theme');
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  } catch {
    return 'auto';
  }
};

export const preferences = reactive<Preferences>({
  theme: storedTheme(),
  language: read('language', '', isText),
  density: read('density', 'comfortable', isDensity),
  hiddenColumns: read('hiddenColumns', [], isTexts),
  columnWidths: read('columnWidths', {}, isWidths),
  tenants: read('tenants', ['main'], isTexts),
});

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const applyTheme = (): void => {
  const dark = preferences.theme === 'dark' || (preferences.theme === 'auto' && darkSystem.matches);
  document.documentElement.classList.toggle('dark', dark);
};

/** To be called once: keeps what is chosen, and follows the system's theme. */
export const watchPreferences = (): void => {
  darkSystem.addEventListener('change', applyTheme);
  watch(
    () => preferences.theme,
    (theme) => {
      // As the script has it that runs before this one: no JSON.
      write('theme', theme);
      applyTheme();
    },
  );
  for (const name of ['language', 'density', 'hiddenColumns', 'columnWidths', 'tenants'] as const) {
    watch(
      () => preferences[name],
      (value) => write(name, JSON.stringify(value)),
      { deep: true },
    );
  }
  applyTheme();
};
