const ALPHABETS = {
  letters: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789',
  symbols: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#$%&()*+,-./:;<=>?@[]^_{|}~',
  hex: '0123456789abcdef',
} as const;

export type Alphabet = keyof typeof ALPHABETS;

/** Each character with the same chance: bytes beyond the last whole multiple of the alphabet are drawn again. */
export const generateSecret = (length: number, alphabet: Alphabet): string => {
  const characters = ALPHABETS[alphabet];
  const limit = 256 - (256 % characters.length);
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < limit && text.length < length) text += characters[byte % characters.length];
    }
  }
  return text;
};
