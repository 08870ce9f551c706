import type { JdbcParameters } from './jdbc-parameters.js';
import { refuseUrl } from './jdbc-refusal.js';

/** An identifier of PostgreSQL: quoted as it is, else in lower case, as the server folds it. */
const identifier = (text: string, name: string): string => {
  const [, quoted] = /^"([^".]+)"$/.exec(text) ?? [];
  if (quoted !== undefined && quoted !== '$user') return quoted;
  if (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(text)) return text.toLowerCase();
  throw refuseUrl(`has ${name}, which must name one schema: Coffer's tables are in that one and in no other`);
};

/** `-c NAME=VALUE`, `-cNAME=VALUE` and `--NAME=VALUE`, with a backslash before a blank that belongs to a value. */
const readOptions = (text: string): readonly (readonly [string, string])[] => {
  const words = [...text.matchAll(/(?:[^\s\\]|\\.)+/gs)].map(([word]) => word.replace(/\\(.)/gs, '$1'));
  const joined = words.flatMap((word, index) => {
    if (words[index - 1] === '-c') return [];
    return [word === '-c' ? `-c${words[index + 1] ?? ''}` : word];
  });
  return joined.map((word) => {
    const [, name, value = ''] = /^(?:-c|--)([A-Za-z_.-]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined) {
      throw refuseUrl('has options, which must be -c search_path=SCHEMA; set others by ALTER ROLE … SET');
    }
    return [name.toLowerCase().replaceAll('-', '_'), value] as const;
  });
};

/**
 * The schema of PostgreSQL that `currentSchema`, or `search_path` in `options`, names. Throws `configuration` for any other
 * option: none is sent, since a connection pooler refuses or mixes them.
 */
export const takeSchema = (parameters: JdbcParameters): string | undefined => {
  const current = parameters.take('currentSchema');
  const schema = current === undefined ? undefined : identifier(current.trim(), 'currentSchema');
  let searched: string | undefined;
  for (const [name, value] of readOptions(parameters.take('options') ?? '')) {
    if (name !== 'search_path') {
      throw refuseUrl('has options other than search_path; set them by ALTER ROLE … SET, which a pooler keeps too');
    }
    searched = identifier(value.trim().replace(/^'(.*)'$/s, '$1'), 'search_path in options');
  }
  if (schema !== undefined && searched !== undefined && schema !== searched) {
    throw refuseUrl('has currentSchema and, in options, another search_path');
  }
  return schema ?? searched;
};
