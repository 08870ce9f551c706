import { isJsonObject, keptDigitsOf, parseExactJson } from '@coffer/secrets';

const INTEGER = /^-?[1-9][0-9]*$/;

/** What lies at the end of the names; `undefined` where there is no such thing. */
export const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((object, name) => (isJsonObject(object) ? object[name] : undefined), value);

/** As `parseExactJson`; `undefined` for what is no JSON: the parser's own error would quote it. */
export const parseJson = (text: string): unknown => {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
};

/** A whole number that `parseJson` read, to the last digit; `undefined` for anything else. */
export const integerOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  const digits = keptDigitsOf(value);
  return digits !== undefined && INTEGER.test(digits) ? BigInt(digits) : undefined;
};

/** The nearest double of a number that `parseJson` read; `undefined` for anything else. */
export const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  const digits = keptDigitsOf(value);
  return digits === undefined ? undefined : Number(digits);
};
