import { readJson } from '@coffer/secrets';

/** ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare yet. */
const sourceText = JSON as unknown as { rawJSON(text: string): object; isRawJSON(value: unknown): boolean };

const keepDigits = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => {
  const source = context?.source;
  return typeof value !== 'number' || source === undefined || String(value) === source
    ? value
    : sourceText.rawJSON(source);
};

/** As `readJson`; a number that JavaScript would write otherwise is an object that `JSON.stringify` writes as it was. */
export const parseExactJson = (text: string): unknown => readJson(text, keepDigits);

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value that `parseExactJson` made is an object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !sourceText.isRawJSON(value);
