export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies at the end of the names; `undefined` where there is no such thing. */
export const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((object, name) => (isObject(object) ? object[name] : undefined), value);

/** `undefined` for what is no JSON; the parser's own error would quote it. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
