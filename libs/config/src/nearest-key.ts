import { distance } from 'fastest-levenshtein';
import { canonicalKey } from './key-case.js';

/** The known name with the smallest edit distance, spelling aside; the first of equals. */
export const nearestKey = (typed: string, known: readonly string[]): string | undefined => {
  const wanted = canonicalKey(typed);
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const away = distance(wanted, canonicalKey(name.replaceAll('.', '')));
    if (best === undefined || away < best.distance) best = { name, distance: away };
  }
  return best?.name;
};

/** Why a key is refused: the end of a sentence that begins with the key's full path. */
export const unknownKey = (typed: string, known: readonly string[]): string => {
  const nearest = nearestKey(typed, known);
  return nearest === undefined
    ? 'is an unknown key; nothing can be set here'
    : `is an unknown key; the nearest known key is '${nearest}'`;
};
