import { CofferError, SecretValue } from '@coffer/secrets';

interface RawJson {
  rawJSON(text: string): unknown;
}

/** Numbers keep their digits as written: a double would round what is longer. (ECMAScript's JSON.parse source text access.) */
const keepNumbers = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined
    ? (JSON as unknown as RawJson).rawJSON(context.source)
    : value;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text, keepNumbers) as unknown;
  } catch {
    return undefined;
  }
};

/**
 * The field of a value that is a JSON object: a string's text, anything else as JSON. Throws `invalid` for everything
 * else, with neither the value nor the subkey in the message.
 */
export const subkeyOf = (value: SecretValue, subkey: string): SecretValue => {
  const parsed = parse(value.reveal());
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CofferError('invalid', 'a subkey was asked for, but the value is not a JSON object');
  }
  if (!Object.hasOwn(parsed, subkey)) {
    throw new CofferError('invalid', 'a subkey was asked for that the value does not have');
  }
  const field = (parsed as Record<string, unknown>)[subkey];
  return new SecretValue(typeof field === 'string' ? field : JSON.stringify(field));
};
