import type { SecretQuery } from '../api/secrets.js';
import type { SecretState } from '../api/types.js';

/** What the table of secrets shows, as its address says it. */
export interface SecretFilters {
  namespace: string;
  children: boolean;
  inherit: boolean;
  q: string;
  tags: string[];
  states: SecretState[];
  sort: string;
}

export type Query = Readonly<Record<string, string | null | readonly (string | null)[] | undefined>>;

export const STATES: readonly SecretState[] = ['drifted', 'missing', 'ignored', 'writing'];
/** States of secrets that were changed in their store without Coffer. */
export const DRIFT_STATES: readonly SecretState[] = ['drifted', 'missing'];
export const SORT_FIELDS = ['key', 'namespace', 'description', 'changed', 'store'] as const;
export const DEFAULT_SORT = 'namespace:asc,key:asc';

export const texts = (value: Query[string]): string[] =>
  (Array.isArray(value) ? (value as readonly (string | null)[]) : [value as string | null | undefined]).filter(
    (each): each is string => typeof each === 'string' && each !== '',
  );

export const text = (value: Query[string]): string => texts(value)[0] ?? '';

const isSort = (sort: string): boolean =>
  sort !== '' &&
  sort.split(',').every((part) => {
    const [field = '', direction = '', ...rest] = part.split(':');
    return (
      (SORT_FIELDS as readonly string[]).includes(field) && ['asc', 'desc'].includes(direction) && rest.length === 0
    );
  });

/** Reads what is right and passes over the rest: an address may come from anywhere. */
export const filtersOf = (query: Query): SecretFilters => {
  const sort = text(query['sort']);
  return {
    namespace: text(query['ns']),
    children: text(query['children']) !== 'false',
    inherit: text(query['inherit']) === 'true',
    q: text(query['q']),
    tags: texts(query['tag']),
    states: texts(query['state']).filter((state): state is SecretState =>
      (STATES as readonly string[]).includes(state),
    ),
    sort: isSort(sort) ? sort : DEFAULT_SORT,
  };
};

/** The opposite of `filtersOf`; what is as it is by default is left out. */
export const queryOf = (filters: SecretFilters): Record<string, string | string[]> => ({
  ...(filters.namespace === '' ? {} : { ns: filters.namespace }),
  ...(filters.children ? {} : { children: 'false' }),
  ...(filters.inherit ? { inherit: 'true' } : {}),
  ...(filters.q === '' ? {} : { q: filters.q }),
  ...(filters.tags.length === 0 ? {} : { tag: filters.tags }),
  ...(filters.states.length === 0 ? {} : { state: filters.states }),
  ...(filters.sort === DEFAULT_SORT ? {} : { sort: filters.sort }),
});

/** What is asked for what they show. */
export const secretQueryOf = (filters: SecretFilters): SecretQuery => ({
  ...(filters.namespace === ''
    ? {}
    : { namespace: filters.namespace, children: filters.children, inherit: filters.inherit }),
  q: filters.q,
  tag: filters.tags,
  state: filters.states,
  sort: filters.sort,
});

/** The order after a click on a column's head: ascending, descending, and as it was by default. */
export const nextSort = (sort: string, field: string): string => {
  if (sort === `${field}:asc`) return `${field}:desc`;
  return sort === `${field}:desc` ? DEFAULT_SORT : `${field}:asc`;
};

export const directionOf = (sort: string, field: string): 'ascending' | 'descending' | 'none' => {
  if (sort === `${field}:asc`) return 'ascending';
  return sort === `${field}:desc` ? 'descending' : 'none';
};
