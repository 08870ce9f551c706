import { distance } from 'fastest-levenshtein';
import { aliasesOf, withAliasesReplaced } from './key-aliases.js';
import { canonicalKey } from './key-case.js';

/** Names that are listed where none is near. */
const MAX_LISTED = 20;

const canonicalName = (name: string): string => canonicalKey(name.replaceAll('.', ''));

/** Whether all letters of `part` stand in `whole` in the same order: `maxSize` in `maximumSize`. */
const isWithin = (part: string, whole: string): boolean => {
  let at = 0;
  for (const character of whole) if (character === part[at]) at += 1;
  return at === part.length;
};

/** Near enough that somebody may have meant it: a third of the letters differ, or one is the other cut short. */
const isNear = (wanted: string, name: string, away: number): boolean =>
  away <= Math.ceil(Math.min(wanted.length, name.length) / 3) ||
  (wanted.length >= 3 && isWithin(wanted, name)) ||
  (name.length >= 3 && wanted.includes(name));

/** The known name with the smallest edit distance to one of the texts; the first of equals. */
const closest = (
  texts: readonly string[],
  known: readonly string[],
): { readonly name: string; readonly text: string; readonly away: number } | undefined => {
  let best: { name: string; text: string; away: number } | undefined;
  for (const text of texts) {
    for (const name of known) {
      const away = distance(text, canonicalName(name));
      if (best === undefined || away < best.away) best = { name, text, away };
    }
  }
  return best;
};

/** The known name that was most likely meant, spelling aside; `undefined` where none is near. */
export const nearestKey = (typed: string, known: readonly string[]): string | undefined => {
  // `cach.enabled` may be a group that is spelled wrongly, or one long name.
  const [head = '', ...rest] = typed.split('.').map(canonicalKey);
  const wanted = [head, ...rest].join('');
  const plain = closest([wanted, head], known);
  if (plain !== undefined && plain.away <= 1) return plain.name;
  const meant = [...aliasesOf(wanted), ...aliasesOf(head)].flatMap((alias) =>
    known.filter((name) => canonicalName(name) === alias),
  );
  if (meant[0] !== undefined) return meant[0];
  const best = closest([wanted, head, ...withAliasesReplaced(wanted)], known);
  return best !== undefined && isNear(best.text, canonicalName(best.name), best.away) ? best.name : undefined;
};

const sortedLetters = (text: string): string => [...text].sort().join('');

/**
 * The known name that `typed` is a slip of: one letter is wrong, missing or too many, two in names of six and more, or
 * letters have changed places. Stricter than `nearestKey`, for groups whose other keys are somebody else's.
 */
export const misspelledKey = (typed: string, known: readonly string[]): string | undefined => {
  const plain = closest([canonicalKey(typed)], known);
  if (plain === undefined) return undefined;
  const name = canonicalName(plain.name);
  const length = Math.min(plain.text.length, name.length);
  const slip = plain.away <= (length >= 6 ? 2 : 1) || sortedLetters(plain.text) === sortedLetters(name);
  return length >= 4 && slip ? plain.name : undefined;
};

/** Why a key is refused: the end of a sentence that begins with the key's full path. */
export const unknownKey = (typed: string, known: readonly string[]): string => {
  const nearest = nearestKey(typed, known);
  if (nearest !== undefined) return `is an unknown key; the nearest known key is '${nearest}'`;
  if (known.length === 0) return 'is an unknown key; nothing can be set here';
  const listed = known.slice(0, MAX_LISTED).join(', ');
  return `is an unknown key; known here are ${listed}${known.length > MAX_LISTED ? ', …' : ''}`;
};
