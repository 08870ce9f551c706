const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Other texts whose base64url after `prefix` is read by Node as the same bytes. Throws where there is none. */
export const spellingsOf = (text: string, prefix: string): readonly string[] => {
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64url');
  const candidates = [...ALPHABET].flatMap((last) => [encoded.slice(0, -1) + last, encoded + last]);
  const same = candidates.filter((each) => each !== encoded && Buffer.from(each, 'base64url').equals(bytes));
  if (same.length === 0) throw new Error('there is no other spelling of these bytes');
  return same.map((each) => prefix + each);
};
