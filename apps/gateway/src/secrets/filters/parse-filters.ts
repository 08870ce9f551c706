import type { QueryPair } from '../../http/request/query-string.js';
import { parseCondition, refuse, type RawValue } from './condition.js';
import type { Filter } from './filter.js';
import { parseJsonFilters } from './json-filters.js';

/** More conditions than any screen has, few enough that a list of 20,000 secrets stays quick. */
export const MAX_CONDITIONS = 50;

/** `filters[a][b]` → `['a', 'b']`. */
const brackets = (name: string): readonly string[] => {
  const rest = name.slice('filters'.length);
  if (!/^(\[[^[\]]*\])+$/.test(rest)) return refuse('a name is filters[field][OPERATOR]');
  return rest.slice(1, -1).split('][');
};

interface Group {
  readonly kind: 'all' | 'any';
  readonly index: string;
}

interface Written {
  readonly group?: Group;
  readonly field: string;
  readonly operator: string;
  /** The name in a map value. */
  readonly entry?: string;
  readonly value: string;
}

const KINDS: Readonly<Record<string, Group['kind']>> = { or: 'any', and: 'all' };

const readPair = ({ name, value }: QueryPair): Written => {
  const [first = '', ...others] = brackets(name);
  const kind = Object.hasOwn(KINDS, first.toLowerCase()) ? KINDS[first.toLowerCase()] : undefined;
  if (kind === undefined) return readCondition([first, ...others], value);
  const [index = '', ...condition] = others;
  if (!/^\d{1,4}$/.test(index)) return refuse('a group is filters[or][0][field][OPERATOR]');
  return { group: { kind, index: String(Number(index)) }, ...readCondition(condition, value) };
};

const readCondition = (parts: readonly string[], value: string): Written => {
  const [field, operator, entry, ...deeper] = parts;
  if (field === undefined || operator === undefined || deeper.length > 0) {
    return refuse('a name is filters[field][OPERATOR], or filters[tags][OPERATOR][name]');
  }
  return { field, operator, value, ...(entry === undefined ? {} : { entry }) };
};

/** The same list operator written several times is one list; a map is written entry by entry. */
const combine = (written: readonly Written[]): readonly Filter[] => {
  const isList = ({ operator }: Written): boolean => operator === 'IN' || operator === 'NOT_IN';
  const slots = new Map<string, { readonly at: Written; readonly values: string[] }>();
  for (const [position, at] of written.entries()) {
    const slot = JSON.stringify([at.field, at.operator, at.entry ?? null, isList(at) ? 0 : position]);
    const before = slots.get(slot);
    if (before === undefined) slots.set(slot, { at, values: [at.value] });
    else before.values.push(at.value);
  }
  return [...slots.values()].map(({ at, values }) => {
    const value = isList(at) ? values.flatMap((text) => text.split(',')) : (values[0] ?? '');
    const raw: RawValue = at.entry === undefined ? value : new Map([[at.entry, value]]);
    return parseCondition(at.field, at.operator, raw);
  });
};

const groupsOf = (written: readonly Written[], kind: Group['kind']): readonly Filter[] => {
  const groups = Map.groupBy(
    written.filter(({ group }) => group?.kind === kind),
    ({ group }) => group?.index,
  );
  const members = [...groups.values()].map((group): Filter => ({ all: combine(group) }));
  if (members.length === 0) return [];
  return [kind === 'any' ? { any: members } : { all: members }];
};

/**
 * Every form that Kestra's clients send, and one filter that all of them must satisfy. Conditions with one group index
 * belong together; indexes of `or` are alternatives. Throws `invalid` for everything else.
 */
export const parseFilters = (pairs: readonly QueryPair[]): Filter => {
  const json = pairs.filter(({ name, value }) => name === 'filters' && value !== '');
  const bracketed = pairs.filter(({ name }) => name !== 'filters').map(readPair);
  const fromJson = json.flatMap(({ value }) => parseJsonFilters(value));
  if (bracketed.length + fromJson.length > MAX_CONDITIONS) {
    return refuse(`at most ${MAX_CONDITIONS} conditions are taken`);
  }
  const single = bracketed.filter(({ group }) => group === undefined);
  return {
    all: [...combine(single), ...groupsOf(bracketed, 'all'), ...groupsOf(bracketed, 'any'), ...fromJson],
  };
};
