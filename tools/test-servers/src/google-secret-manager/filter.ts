import { refuse } from './status.ts';

/**
 * The language of `filter` (https://cloud.google.com/secret-manager/docs/filtering): terms `field:text` (contains; on
 * labels, is), `field=text` (is), `field:*` (is set), `<`, `<=`, `>`, `>=` on times, `!=`; `AND` (also implied between
 * terms), `OR` (which binds tighter, as in https://google.aip.dev/160), `NOT` and `-`, and parentheses. "Regex is not
 * supported in the API.".
 */
type Resource = Record<string, any>;

type Matches = (resource: Resource) => boolean;

const TOKEN =
  /\s*(?:([()])|([A-Za-z_][\w.-]*\s*(?:!=|<=|>=|[:=<>])\s*(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^\s()]+))|(AND|OR|NOT)(?=[\s(])|(-))/y;
const TERM = /^([\w.-]+)\s*(!=|<=|>=|[:=<>])\s*([^]*)$/;

const camel = (name: string) => name.replace(/_(\w)/g, (_, character) => character.toUpperCase());

/** Returns refuses with INVALID_ARGUMENT what it cannot read. */
export function compileFilter(filter: string): Matches {
  const tokens = tokenize(filter);
  if (tokens.length === 0) return () => true;
  const matches = readAnd(tokens);
  if (tokens.length > 0) refuse('INVALID_ARGUMENT', 'The filter cannot be read.');
  return matches;
}

function tokenize(filter: string) {
  const tokens = [];
  const text = filter.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) return refuse('INVALID_ARGUMENT', 'The filter cannot be read.');
    tokens.push(found[0].trim());
  }
  return tokens;
}

function readAnd(tokens: string[]): Matches {
  const all = [readOr(tokens)];
  while (tokens.length > 0 && tokens[0] !== ')') {
    if (tokens[0] === 'AND') tokens.shift();
    all.push(readOr(tokens));
  }
  return (resource) => all.every((matches) => matches(resource));
}

function readOr(tokens: string[]): Matches {
  const any = [readOne(tokens)];
  while (tokens[0] === 'OR') {
    tokens.shift();
    any.push(readOne(tokens));
  }
  return (resource) => any.some((matches) => matches(resource));
}

function readOne(tokens: string[]): Matches {
  const token = tokens.shift();
  if (token === 'NOT' || token === '-') {
    const matches = readOne(tokens);
    return (resource) => !matches(resource);
  }
  if (token === '(') {
    const matches = readAnd(tokens);
    if (tokens.shift() !== ')') refuse('INVALID_ARGUMENT', 'The filter lacks a parenthesis.');
    return matches;
  }
  const parts = TERM.exec(token ?? '');
  if (!parts) return refuse('INVALID_ARGUMENT', 'The filter cannot be read.');
  const [, field = '', operator = '', given = ''] = parts;
  const [first = '', ...rest] = field.split('.');
  // A label's name stands as it is.
  const path = first === 'labels' ? [first, rest.join('.')] : field.split('.').map(camel);
  return term(path, operator, given, first === 'labels');
}

function term(path: string[], operator: string, given: string, isLabel: boolean): Matches {
  const wanted = /^".*"$/s.test(given) ? given.slice(1, -1).replace(/\\(.)/g, '$1') : given;
  return (resource) => valuesAt(resource, path).some((value) => compare(value, operator, wanted, isLabel));
}

/** Returns also through lists; none when there is no such field. */
function valuesAt(value: unknown, names: string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, names));
  if (names.length === 0) return value === undefined || value === null ? [] : [value];
  const [name = '', ...deeper] = names;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
  return valuesAt((value as Record<string, unknown>)[name], deeper);
}

function compare(value: any, operator: string, wanted: string, isLabel: boolean) {
  if (operator === ':' && wanted === '*') return true;
  if (typeof value === 'object' && 'seconds' in value) {
    const [at, limit] = [Number(value.seconds) * 1000 + value.nanos / 1e6, Date.parse(wanted)];
    if (Number.isNaN(limit)) return refuse('INVALID_ARGUMENT', 'The filter names no time.');
    return (
      { '<': at < limit, '<=': at <= limit, '>': at > limit, '>=': at >= limit, '=': at === limit }[operator] ?? false
    );
  }
  const text = String(value);
  if (operator === '=') return text === wanted;
  if (operator === '!=') return text !== wanted;
  if (operator === ':') return isLabel ? text === wanted : text.toLowerCase().includes(wanted.toLowerCase());
  return refuse('INVALID_ARGUMENT', 'The filter compares what has no order.');
}
