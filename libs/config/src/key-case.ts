/** What all spellings of one key have in common: `access-key-id`, `accessKeyId`, `ACCESS_KEY_ID` → `accesskeyid`. */
export const canonicalKey = (name: string): string => name.replace(/[-_]/g, '').toLowerCase();

export type Step = string | number;

/** `['coffer', 'managers', 0, 'type']` → `coffer.managers[0].type`. */
export const showPath = (steps: readonly Step[]): string =>
  steps.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');

/** A key that somebody typed, fit for a message: one line, not endless. */
export const showKey = (key: string): string => key.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 80);
