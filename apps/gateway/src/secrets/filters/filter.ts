/** Operators of Kestra's query filters that this API knows. */
export const OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'IN',
  'NOT_IN',
  'STARTS_WITH',
  'ENDS_WITH',
  'CONTAINS',
  'REGEX',
  'PREFIX',
] as const;
export type Operator = (typeof OPERATORS)[number];

export const TEXT_FIELDS = ['namespace', 'key', 'description'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** `values` has one element, or for IN and NOT_IN any number. */
export interface Comparison {
  readonly operator: Operator;
  readonly values: readonly string[];
}

export type Filter =
  | ({ readonly field: TextField } & Comparison)
  /** A case-insensitive *contains* on the key. */
  | { readonly field: 'q'; readonly negated: boolean; readonly text: string }
  /** The value of the tag `tag`. */
  | ({ readonly field: 'tags'; readonly tag: string } & Comparison)
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] };

export const EVERYTHING: Filter = { all: [] };

/** What a filter looks at. */
export interface Filterable {
  readonly namespace: string;
  readonly key: string;
  readonly description?: string | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** What the conditions of a filter look at. */
export const fieldsOf = (filter: Filter): readonly string[] => {
  if ('all' in filter) return filter.all.flatMap(fieldsOf);
  return 'any' in filter ? filter.any.flatMap(fieldsOf) : [filter.field];
};

/** The one namespace that all matches must have, where the filter says so at its top. */
export const onlyNamespace = (filter: Filter): string | undefined => {
  if ('all' in filter) {
    return filter.all.map(onlyNamespace).find((namespace) => namespace !== undefined);
  }
  if (!('field' in filter) || filter.field !== 'namespace') return undefined;
  const named = filter.operator === 'EQUALS' || (filter.operator === 'IN' && filter.values.length === 1);
  return named ? filter.values[0] : undefined;
};
