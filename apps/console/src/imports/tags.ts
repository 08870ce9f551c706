import type { Tag } from '../api/types.js';

/** Reads `name=value` pairs, separated by spaces, commas or lines. A name without a value has an empty one. */
export const parseTags = (text: string): Tag[] =>
  text
    .split(/[\s,]+/)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1 ? { key: pair, value: '' } : { key: pair.slice(0, equals), value: pair.slice(equals + 1) };
    })
    .filter(({ key }) => key !== '');

export const formatTags = (tags: readonly Tag[]): string => tags.map(({ key, value }) => `${key}=${value}`).join(' ');

/** Whether a text says these tags again exactly as they are: values with spaces or commas it cannot say. */
export const isFormattable = (tags: readonly Tag[]): boolean =>
  JSON.stringify(parseTags(formatTags(tags))) === JSON.stringify(tags.map(({ key, value }) => ({ key, value })));
