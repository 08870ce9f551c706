import { CofferError } from '@coffer/secrets';
import { z } from 'zod';

/** A name that may be repeated to the caller; anything else could be a value that landed in the wrong place. */
const SHOWABLE = /^[A-Za-z_][A-Za-z0-9_.[\]-]{0,39}$/;
export const isShowable = (name: string): boolean => SHOWABLE.test(name);

const placeOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );

/** What is at the path; `null` where what is before it holds nothing. */
const at = (input: unknown, path: readonly PropertyKey[]): unknown => {
  let found: unknown = input;
  for (const part of path) {
    if (typeof found !== 'object' || found === null) return null;
    found = (found as Record<PropertyKey, unknown>)[part];
  }
  return found;
};

const isMissing = (input: unknown, path: readonly PropertyKey[]): boolean => at(input, path) === undefined;

const unknownField = (names: readonly string[], prefix: string, schema: z.ZodType): string => {
  const shown = names.filter(isShowable).map((name) => `'${prefix}${name}'`);
  const what = shown.length === 0 ? 'whose name is not shown' : shown.join(', ');
  const known =
    schema instanceof z.ZodObject && prefix === '' ? `; known: ${Object.keys(schema.shape).join(', ') || 'none'}` : '';
  return `unknown field ${what}${known}`;
};

const sayIssue = (issue: z.core.$ZodIssue, input: unknown, schema: z.ZodType, where: string): string => {
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') return unknownField(issue.keys, place === '' ? '' : `${place}.`, schema);
  const subject = place === '' ? '' : `${place}: `;
  if (issue.code === 'invalid_type' && isMissing(input, issue.path)) return `${subject}it is missing`;
  if (where === 'query' && Array.isArray(at(input, issue.path))) return `${subject}it is there more than once`;
  return `${subject}${issue.message}`;
};

/**
 * The input as the schema types it. Throws `invalid` naming the place (`body`, `query`, `headers`), the field and what
 * would be right; no part of the input but names that look like field names is repeated.
 */
export const validate = <S extends z.ZodType>(schema: S, input: unknown, where: string): z.output<S> => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const first = result.error.issues.slice(0, 3).map((issue) => sayIssue(issue, input, schema, where));
  throw new CofferError('invalid', `invalid ${where}: ${first.join('; ')}`);
};
