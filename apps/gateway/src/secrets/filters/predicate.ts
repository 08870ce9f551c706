import { isWithinNamespace } from '@coffer/secrets';
import type { Comparison, Filter, Filterable } from './filter.js';
import { MatchingBudget, compilePattern } from './pattern.js';

type TextTest = (text: string | undefined) => boolean;

const present =
  (test: (text: string) => boolean): TextTest =>
  (text) =>
    text !== undefined && test(text);

const memberOf = (values: readonly string[]): ((text: string) => boolean) => {
  const members = new Set(values);
  return (text) => members.has(text);
};

const negated =
  (test: (text: string) => boolean): TextTest =>
  (text) =>
    text === undefined || !test(text);

const prefixTest = (value: string, isNamespace: boolean): TextTest =>
  present(isNamespace ? (text) => isWithinNamespace(text, value) : (text) => text.startsWith(value));

/** An absent text satisfies the negated operators alone. */
const textTest = ({ operator, values }: Comparison, isNamespace: boolean, budget: MatchingBudget): TextTest => {
  const value = values[0] ?? '';
  switch (operator) {
    case 'EQUALS':
      return present((text) => text === value);
    case 'NOT_EQUALS':
      return (text) => text !== value;
    case 'IN':
      return present(memberOf(values));
    case 'NOT_IN':
      return negated(memberOf(values));
    case 'STARTS_WITH':
      return present((text) => text.startsWith(value));
    case 'ENDS_WITH':
      return present((text) => text.endsWith(value));
    case 'CONTAINS':
      return present((text) => text.includes(value));
    case 'REGEX':
      return present(compilePattern(value, budget));
    case 'PREFIX':
      return prefixTest(value, isNamespace);
  }
};

export type Predicate = (row: Filterable) => boolean;

/**
 * Compiles once, so that a wrong pattern is refused before any row is looked at. Throws `invalid`, as the
 * predicate itself does when its patterns cost too much over all rows together.
 */
export const predicateOf = (filter: Filter, budget = new MatchingBudget()): Predicate => {
  if ('all' in filter) {
    const tests = filter.all.map((part) => predicateOf(part, budget));
    return (row) => tests.every((test) => test(row));
  }
  if ('any' in filter) {
    const tests = filter.any.map((part) => predicateOf(part, budget));
    return (row) => tests.some((test) => test(row));
  }
  if (filter.field === 'q') {
    const wanted = filter.text.toLowerCase();
    return ({ key }) => key.toLowerCase().includes(wanted) !== filter.negated;
  }
  if (filter.field === 'tags') {
    const { tag } = filter;
    const test = textTest(filter, false, budget);
    return ({ tags }) => test(tags.find(({ key }) => key === tag)?.value);
  }
  const { field } = filter;
  const test = textTest(filter, field === 'namespace', budget);
  return (row) => test(row[field]);
};
