/** What clients that do not percent-encode a key in a path do with it, by what it contains. */
const TRAPS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/[?#]/, 'a ? or # ends the path there'],
  [/%/, 'a % is taken for an escape'],
  [/(^|\/)\.{1,2}(\/|$)/, 'a part of dots is taken out'],
  [/^\/|\/$|\/\//, 'an empty part beside a / may be taken out'],
  [/\\/, 'a backslash becomes a /'],
];

/**
 * The header `Warning` (RFC 7234) of the answer to a write of a key that some clients, Terraform's provider among them,
 * cannot address in a path: what they change or delete later may be another key.
 */
export const addressingHeaders = (key: string): Readonly<Record<string, string>> => {
  const found = TRAPS.filter(([pattern]) => pattern.test(key)).map(([, what]) => what);
  if (found.length === 0) return {};
  const text = `some clients address another key when they change or delete this one: ${found.join('; ')}; percent-encode the key in paths`;
  return { warning: `299 coffer "${text}"` };
};
