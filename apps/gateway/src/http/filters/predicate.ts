import { isWithinNamespace } from '@coffer/secrets';
import { RE2JS } from 're2js';
import { refuse } from './condition.js';
import type { Comparison, Filter, Filterable } from './filter.js';

const MAX_PATTERN_LENGTH = 1_000;

type TextTest = (text: string | undefined) => boolean;

/** RE2 takes time linear in the text whatever the pattern; it matches anywhere unless the pattern is anchored. */
const compilePattern = (pattern: string): ((text: string) => boolean) => {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return refuse(`a regular expression has at most ${MAX_PATTERN_LENGTH} characters`);
  }
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch {
    return refuse('REGEX takes a regular expression in RE2 syntax');
  }
};

const present =
  (test: (text: string) => boolean): TextTest =>
  (text) =>
    text !== undefined && test(text);

const prefixTest = (value: string, isNamespace: boolean): TextTest =>
  present(isNamespace ? (text) => isWithinNamespace(text, value) : (text) => text.startsWith(value));

/** An absent text satisfies the negated operators alone. */
const textTest = ({ operator, values }: Comparison, isNamespace: boolean): TextTest => {
  const value = values[0] ?? '';
  switch (operator) {
    case 'EQUALS':
      return present((text) => text === value);
    case 'NOT_EQUALS':
      return (text) => text !== value;
    case 'IN':
      return present((text) => values.includes(text));
    case 'NOT_IN':
      return (text) => text === undefined || !values.includes(text);
    case 'STARTS_WITH':
      return present((text) => text.startsWith(value));
    case 'ENDS_WITH':
      return present((text) => text.endsWith(value));
    case 'CONTAINS':
      return present((text) => text.includes(value));
    case 'REGEX':
      return present(compilePattern(value));
    case 'PREFIX':
      return prefixTest(value, isNamespace);
  }
};

export type Predicate = (row: Filterable) => boolean;

/** Compiles once, so that a wrong pattern is refused before any row is looked at. Throws `invalid`. */
export const predicateOf = (filter: Filter): Predicate => {
  if ('all' in filter) {
    const tests = filter.all.map(predicateOf);
    return (row) => tests.every((test) => test(row));
  }
  if ('any' in filter) {
    const tests = filter.any.map(predicateOf);
    return (row) => tests.some((test) => test(row));
  }
  if (filter.field === 'q') {
    const wanted = filter.text.toLowerCase();
    return ({ key }) => key.toLowerCase().includes(wanted) !== filter.negated;
  }
  if (filter.field === 'tags') {
    const { tag } = filter;
    const test = textTest(filter, false);
    return ({ tags }) => test(tags.find(({ key }) => key === tag)?.value);
  }
  const { field } = filter;
  const test = textTest(filter, field === 'namespace');
  return (row) => test(row[field]);
};
