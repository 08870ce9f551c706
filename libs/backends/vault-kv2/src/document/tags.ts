import type { JsonObject } from '../json.js';
import { isReservedTag, type Tag } from '@coffer/secrets';

const byKey = (a: Tag, b: Tag): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Sorted by key. */
export const tagsOf = (map: JsonObject): Tag[] =>
  Object.entries(map)
    .flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : []))
    .sort(byKey);

/** Of custom metadata, whose names are anybody's: reserved ones are no tags. */
export const customTags = (custom: JsonObject): Tag[] =>
  tagsOf(custom).filter(({ key }) => key !== '' && !isReservedTag(key));
