import { CofferError, readJson, SecretValue } from '@coffer/secrets';
import { rawFields } from './json-object.js';

const parse = (text: string): unknown => {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
};

/** Fields of a value that is a JSON object; `undefined` means that it has no such field. */
export type Fields = ReadonlyMap<string, SecretValue | undefined>;

/**
 * Fields of a value that is a JSON object, which is parsed once for all of them: a string's text, anything else as JSON
 * with its numbers as they are written, which a double would round. Throws `invalid` for a value that is something else,
 * with neither the value nor a name in the message.
 */
export const fieldsOf = (value: SecretValue, names: ReadonlySet<string>): Fields => {
  const text = value.reveal();
  const parsed = parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new CofferError('invalid', 'a subkey was asked for, but the value is not a JSON object');
  }
  const fields = new Map<string, SecretValue | undefined>();
  const raw = new Set<string>();
  for (const name of names) {
    const field = Object.hasOwn(parsed, name) ? (parsed as Record<string, unknown>)[name] : undefined;
    fields.set(name, typeof field === 'string' ? new SecretValue(field) : undefined);
    if (field !== undefined && typeof field !== 'string') raw.add(name);
  }
  if (raw.size > 0) rawFields(text, raw).forEach((field, name) => fields.set(name, new SecretValue(field)));
  return fields;
};

/** The field, or throws `invalid`, as `fieldsOf` does. */
export const fieldOf = (fields: Fields, subkey: string): SecretValue => {
  const field = fields.get(subkey);
  if (field !== undefined) return field;
  throw new CofferError('invalid', 'a subkey was asked for that the value does not have');
};

export const subkeyOf = (value: SecretValue, subkey: string): SecretValue =>
  fieldOf(fieldsOf(value, new Set([subkey])), subkey);
