const PLAIN = /^[A-Za-z0-9_@:~-]$/;
const ESCAPED = /=([0-9A-F]{2})/g;
/** What no text is escaped to otherwise. */
const EMPTY = '=';

const escaped = (character: string): string =>
  Array.from(Buffer.from(character, 'utf8'), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/**
 * One segment of a path in Vault for any text, and no two texts share one. Letters, digits and the usual punctuation of
 * keys stay legible, a dot where it neither begins the segment nor follows a dot; every other byte of the UTF-8 becomes
 * `=` and two hexadecimal digits. Vault itself refuses `..` and what cannot be printed, and `/` begins another segment.
 */
export const escapeSegment = (text: string): string => {
  if (text === '') return EMPTY;
  let previous = '.';
  let segment = '';
  for (const character of text) {
    const plain = PLAIN.test(character) || (character === '.' && previous !== '.');
    segment += plain ? character : escaped(character);
    previous = plain ? character : '=';
  }
  return segment;
};

/** The text of a segment; `undefined` for one that no text is escaped to, such as a name that another program chose. */
export const unescapeSegment = (segment: string): string | undefined => {
  if (segment === EMPTY) return '';
  try {
    const text = decodeURIComponent(segment.replaceAll('%', '=').replace(ESCAPED, '%$1'));
    return escapeSegment(text) === segment ? text : undefined;
  } catch {
    return undefined;
  }
};
