import { CofferError } from '@coffer/secrets';
import { OPERATORS, TEXT_FIELDS, type Filter, type Operator, type TextField } from './filter.js';

/** A condition as a client wrote it, whichever form it had: a text, a list, or a map (for tags). */
export type RawValue = string | readonly string[] | ReadonlyMap<string, string | readonly string[]>;

const FIELDS = [...TEXT_FIELDS, 'q', 'tags'];
const ALIASES: Readonly<Record<string, string>> = { query: 'q' };

export const refuse = (message: string): never => {
  throw new CofferError('invalid', `invalid filter: ${message}`);
};

const parseOperator = (text: string): Operator => {
  const known = OPERATORS.find((operator) => operator === text);
  return known ?? refuse(`unknown operator; known: ${OPERATORS.join(', ')}`);
};

const isText = (field: string): field is TextField => TEXT_FIELDS.some((known) => known === field);

const isListOperator = (operator: Operator): boolean => operator === 'IN' || operator === 'NOT_IN';

const isMap = (value: RawValue): value is ReadonlyMap<string, string | readonly string[]> => value instanceof Map;

const valuesFor = (operator: Operator, value: string | readonly string[]): readonly string[] => {
  if (isListOperator(operator)) return typeof value === 'string' ? value.split(',') : value;
  if (typeof value === 'string') return [value];
  const [only, ...others] = value;
  return only !== undefined && others.length === 0 ? [only] : refuse(`${operator} takes one value`);
};

const parseTags = (operator: Operator, value: RawValue): Filter => {
  if (!isMap(value)) return refuse('tags takes a map: filters[tags][EQUALS][name]=value');
  const all = [...value].map(([tag, text]): Filter => {
    if (tag === '') return refuse('a tag key must not be empty');
    return { field: 'tags', tag, operator, values: valuesFor(operator, text) };
  });
  return { all };
};

/** Throws `invalid` for a field, an operator or a value that is not understood; never repeats the value. */
export const parseCondition = (fieldText: string, operatorText: string, value: RawValue): Filter => {
  const lower = fieldText.toLowerCase();
  const field = ALIASES[lower] ?? lower;
  if (!FIELDS.includes(field)) return refuse(`unknown field; known: ${FIELDS.join(', ')}`);
  const operator = parseOperator(operatorText);
  if (field === 'tags') return parseTags(operator, value);
  if (isMap(value)) return refuse(`${field} takes a text, not a map`);
  if (isText(field)) return { field, operator, values: valuesFor(operator, value) };
  if (operator !== 'EQUALS' && operator !== 'NOT_EQUALS') return refuse('q takes EQUALS or NOT_EQUALS');
  return { field: 'q', negated: operator === 'NOT_EQUALS', text: valuesFor(operator, value)[0] ?? '' };
};
