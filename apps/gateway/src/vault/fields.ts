import { CofferError, isJsonObject, parseExactJson, SecretValue, type JsonObject } from '@coffer/secrets';

const VALUE = 'value';
const OPENING = /^[ \t\r\n]*\{/;
/** Objects in objects; Vault's own limit is of that order. */
const MAX_DEPTH = 100;

const objectOf = (text: string): JsonObject | undefined => {
  if (!OPENING.test(text)) return undefined;
  try {
    const parsed = parseExactJson(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

/** A value as Vault's clients see it: the members of a JSON object, or the text as the one field `value`. */
export const fieldsOf = (value: SecretValue): JsonObject => {
  const text = value.reveal();
  return objectOf(text) ?? { [VALUE]: text };
};

/** The value that `fieldsOf` makes these fields of: the text of a lone `value` where that is so, else a JSON object. */
export const valueOf = (fields: JsonObject): SecretValue => {
  const { [VALUE]: value, ...others } = fields;
  const isPlain =
    typeof value === 'string' &&
    Object.keys(others).length === 0 &&
    value !== '' &&
    value.isWellFormed() &&
    objectOf(value) === undefined;
  return new SecretValue(isPlain ? value : JSON.stringify(fields));
};

/** JSON merge patch (RFC 7396). Throws `invalid` for what is nested too deeply. */
export const mergePatch = (fields: unknown, patch: JsonObject, depth = 0): JsonObject => {
  if (depth > MAX_DEPTH) throw new CofferError('invalid', `invalid body: objects lie in more than ${MAX_DEPTH} others`);
  const merged = new Map(Object.entries(isJsonObject(fields) ? fields : {}));
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) merged.delete(name);
    else merged.set(name, isJsonObject(change) ? mergePatch(merged.get(name), change, depth + 1) : change);
  }
  return Object.fromEntries(merged);
};
