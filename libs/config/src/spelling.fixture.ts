import { parse, stringify } from 'yaml';

const camel = (key: string): string => key.replace(/-([a-z])/g, (_, character: string) => character.toUpperCase());
const snake = (key: string): string => key.replaceAll('-', '_');

/** Every other key in camelCase. */
const mixed = (): ((key: string) => string) => {
  let turn = 0;
  return (key) => (turn++ % 2 === 0 ? camel(key) : key);
};

/** Respells known keys; those of the user's own choice, below tags and in Kafka's properties, stay. */
const respell = (value: unknown, spell: (key: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => respell(item, spell));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === 'tags' || key === 'properties' ? [key, inner as unknown] : [spell(key), respell(inner, spell)],
    ),
  );
};

/** A kebab-case YAML text in each spelling that Kestra's files use, and in snake_case. */
export const spellings = (kebab: string): [string, string][] => {
  const value: unknown = parse(kebab, { schema: 'failsafe' });
  const respelled = (spell: (key: string) => string): string =>
    stringify(respell(value, spell), { schema: 'failsafe' });
  return [
    ['kebab-case', kebab],
    ['camelCase', respelled(camel)],
    ['a mixture', respelled(mixed())],
    ['snake_case', respelled(snake)],
  ];
};
