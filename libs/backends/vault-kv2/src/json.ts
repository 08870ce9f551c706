import { readJson } from '@coffer/secrets';

export type JsonObject = Readonly<Record<string, unknown>>;

/** ECMAScript's "JSON.parse source text access", which TypeScript's library does not declare yet. */
interface JsonSourceText {
  rawJSON(text: string): { readonly rawJSON: string };
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}

const sourceText = JSON as unknown as JsonSourceText;
const INTEGER = /^-?[1-9][0-9]*$/;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies at the end of the names; `undefined` where there is no such thing. */
export const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((object, name) => (isObject(object) ? object[name] : undefined), value);

const keepDigits = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return INTEGER.test(source) ? BigInt(source) : sourceText.rawJSON(source);
};

const asRawJson = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? sourceText.rawJSON(String(value)) : value;

/**
 * Parses JSON without changing a digit: an integer that a double would round is a bigint, and any other number that
 * JavaScript would write in another way is the object of `JSON.rawJSON`. `undefined` for what is no JSON; the parser's
 * own error would quote it.
 */
export const parseJson = (text: string): unknown => {
  try {
    return readJson(text, keepDigits);
  } catch {
    return undefined;
  }
};

/** The counterpart of `parseJson`: every number is written with the digits it was read with. */
export const jsonText = (value: object): string => JSON.stringify(value, asRawJson);

/** A whole number that `parseJson` read; `undefined` for anything else. */
export const integerOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
};

/** The nearest double of a number that `parseJson` read; `undefined` for anything else. */
export const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return sourceText.isRawJSON(value) ? Number(value.rawJSON) : undefined;
};
