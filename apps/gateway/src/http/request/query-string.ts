import { decodeOnce } from './raw-path.js';

export interface QueryPair {
  readonly name: string;
  readonly value: string;
}

const decode = (text: string): string => decodeOnce(text.replaceAll('+', ' '), 'the query');

/** The pairs of a raw query in their order; `+` is a space. Throws `malformed` where the escapes are not UTF-8. */
export const parseQueryString = (raw: string): readonly QueryPair[] =>
  raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals === -1
        ? { name: decode(part), value: '' }
        : { name: decode(part.slice(0, equals)), value: decode(part.slice(equals + 1)) };
    });

/** A repeated name becomes a list. Without prototype, so that no name means anything special. */
export const queryRecord = (pairs: readonly QueryPair[]): Record<string, string | string[]> => {
  const record = Object.create(null) as Record<string, string | string[]>;
  for (const { name, value } of pairs) {
    const before = record[name];
    record[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return record;
};
