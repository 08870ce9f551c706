/** What somebody else says of a caller. */
export type Claims = Readonly<Record<string, unknown>>;

const within = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Claims)[name]
    : undefined;

/** A claim of exactly this name, or else the claim `b` within `a` for `a/b`. `undefined` where there is none. */
const claimOf = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : name.split('/').reduce<unknown>(within, claims);

const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

/** The texts, numbers and truth values of a claim; an empty list for a claim that is absent or of another form. */
export const claimTexts = (claims: Claims, name: string): readonly string[] =>
  [claimOf(claims, name)].flat().flatMap((value) => asText(value) ?? []);
