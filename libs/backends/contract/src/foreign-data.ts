import type { Tag } from '@coffer/secrets';

/** The property at the end of the names; `undefined` where one of them is missing. Never throws, whatever it is given. */
export const propertyOf = (thing: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>(
    (object, name) =>
      typeof object === 'object' && object !== null ? (object as Readonly<Record<string, unknown>>)[name] : undefined,
    thing,
  );

/** The tags by key, in UTF-16 order. */
export const sortedTags = (tags: Iterable<Tag>): Tag[] =>
  [...tags].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
