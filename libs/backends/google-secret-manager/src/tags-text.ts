import { sortedTags } from '@coffer/backend-contract';
import { CofferError, type Tag } from '@coffer/secrets';

/** What would be read as something else, and what other tools may not show; everything else stands for itself. */
const ESCAPED = /[\u0000-\u0020%&=\u007f]/g;

const escaped = (text: string): string =>
  text.replace(ESCAPED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

const plain = (text: string): string =>
  text.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * Tags as one line, `key=value&key=value`. A code point takes at most four bytes, whatever it is, so that the limits of
 * tags bound the size of the annotation. JSON would write a control character in six.
 */
export const tagsText = (tags: readonly Tag[]): string =>
  tags.map(({ key, value }) => `${escaped(key)}=${escaped(value)}`).join('&');

/** Throws `corrupt` for what {@link tagsText} never writes. */
export const parseTagsText = (text: string): Tag[] => {
  if (text === '') return [];
  const tags = text.split('&').map((pair) => {
    const [key, value, ...rest] = pair.split('=');
    if (key === undefined || key === '' || value === undefined || rest.length > 0) {
      throw new CofferError('corrupt', 'the annotation coffer-tags holds something else than Coffer wrote');
    }
    return { key: plain(key), value: plain(value) };
  });
  return sortedTags(tags);
};
