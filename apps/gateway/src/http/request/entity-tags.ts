import { CofferError, type Precondition } from '@coffer/secrets';

/** RFC 9110: one tag of a list, weak or strong. */
const TAG = /^\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/;

interface EntityTag {
  readonly weak: boolean;
  readonly text: string;
}

/** More than any client sends. */
const MAX_TAGS = 100;

const malformed = (header: string): CofferError =>
  new CofferError('invalid', `invalid header ${header}: it is * or a list of entity tags, each in double quotes`);

/** The tags of a header, or `*`. Throws `invalid`. */
const parse = (header: string, given: string): '*' | readonly EntityTag[] => {
  if (given.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  for (let rest = given; rest.trim() !== '';) {
    const found = TAG.exec(rest);
    if (found === null || tags.length === MAX_TAGS) throw malformed(header);
    tags.push({ weak: found[1] !== undefined, text: found[2] ?? '' });
    rest = rest.slice(found[0].length);
  }
  if (tags.length === 0) throw malformed(header);
  return tags;
};

/** What an entity tag cannot hold, and the escape itself. */
const UNSAFE = /[^\x21\x23\x24\x26-\x7e]/gu;

const textOf = (version: string): string => version.replaceAll(UNSAFE, (char) => encodeURIComponent(char));

/** At the end of a tag: of the value alone, in place of the JSON. No other tag ends so, for a `%` in it begins an escape. */
const TEXT_MARK = '%text';

const versionOf = (text: string): string => {
  const escaped = text.endsWith(TEXT_MARK) ? text.slice(0, -TEXT_MARK.length) : text;
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
};

/**
 * The entity tag of a secret's version. That of an inherited secret names the namespace that holds it: versions are
 * counted for each secret, so two secrets may have equal ones.
 */
export const entityTagOf = (version: string, inheritedFrom?: string): string =>
  inheritedFrom === undefined ? `"${textOf(version)}"` : `"${inheritedFrom}:${textOf(version)}"`;

/**
 * The tag of the value alone, where the given one is of the JSON that has it: one tag is of the same bytes. A write may be
 * asked by either.
 */
export const textTagOf = (entityTag: string): string => `${entityTag.slice(0, -1)}${TEXT_MARK}"`;

/** Whether a read with this `If-None-Match` is answered 304. Throws `invalid`. */
export const isUnmodified = (ifNoneMatch: string | undefined, entityTag: string): boolean => {
  if (ifNoneMatch === undefined) return false;
  const tags = parse('if-none-match', ifNoneMatch);
  return tags === '*' || tags.some(({ text }) => `"${text}"` === entityTag);
};

/** Whether a text that names what the caller has, a version or an entity tag with or without its quotes, is this one. */
export const namesVersion = (text: string, version: string, entityTag: string): boolean => {
  const bare = text.replace(/^(?:W\/)?"(.*)"$/, '$1');
  const ofJson = bare.endsWith(TEXT_MARK) ? bare.slice(0, -TEXT_MARK.length) : bare;
  return text === version || `"${ofJson}"` === entityTag;
};

export interface PreconditionHeaders {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

/** What a write's headers demand. A weak tag equals nothing. Throws `invalid` for what no write can be asked. */
export const preconditionOf = (headers: PreconditionHeaders): { readonly precondition?: Precondition } => {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined) {
    if (ifMatch === undefined && ifNoneMatch.trim() === '*') return { precondition: 'absent' };
    throw new CofferError('invalid', 'invalid header if-none-match: of a write it is *, without if-match');
  }
  if (ifMatch === undefined) return {};
  const tags = parse('if-match', ifMatch);
  if (tags === '*') return { precondition: 'present' };
  const versions = tags.filter(({ weak }) => !weak).map(({ text }) => versionOf(text));
  return { precondition: { versions } };
};
