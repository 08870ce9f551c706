import { readJson } from './read-json.js';

/** ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare yet. */
interface JsonSourceText {
  rawJSON(text: string): { readonly rawJSON: string };
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}

const sourceText = JSON as unknown as JsonSourceText;

const keepDigits = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => {
  const source = context?.source;
  return typeof value !== 'number' || source === undefined || String(value) === source
    ? value
    : sourceText.rawJSON(source);
};

/** As `readJson`; a number that JavaScript would write otherwise is an object that `JSON.stringify` writes as it was. */
export const parseExactJson = (text: string): unknown => readJson(text, keepDigits);

/** The text of a number that `parseExactJson` has kept as it was written; `undefined` for any other value. */
export const keptDigitsOf = (value: unknown): string | undefined =>
  sourceText.isRawJSON(value) ? value.rawJSON : undefined;

const bigintsAsNumbers = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? sourceText.rawJSON(String(value)) : value;

/** `JSON.stringify` for what `parseExactJson` has read, and for bigints, which it writes as numbers. */
export const exactJsonText = (value: object): string => JSON.stringify(value, bigintsAsNumbers);

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value that `parseExactJson` made is an object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !sourceText.isRawJSON(value);
