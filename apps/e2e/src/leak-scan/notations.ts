/** A way to write a text down, and the bytes that it is then found by wherever it stands. */
export interface Notation {
  readonly name: string;
  readonly bytes: Buffer;
}

const hexOf = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));

/**
 * The digits that do not depend on what stands before and behind, for each of the three places where the text can
 * begin within a group of three bytes.
 */
const base64Notations = (bytes: Buffer): { name: string; text: string }[] =>
  [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((all.length * 8) / 6);
    return (['base64', 'base64url'] as const).map((encoding) => ({
      name: `${encoding} at ${before}`,
      text: all.toString(encoding).slice(from, to),
    }));
  });

/** Every notation of a text of at least a few characters; notations that are the same bytes are given once. */
export const notationsOf = (text: string): Notation[] => {
  const bytes = Buffer.from(text, 'utf8');
  const units = unitsOf(text);
  const hex = bytes.toString('hex');
  const written: { name: string; text: string }[] = [
    { name: 'plain', text },
    { name: 'lower case', text: text.toLowerCase() },
    { name: 'upper case', text: text.toUpperCase() },
    ...base64Notations(bytes),
    { name: 'hex', text: hex },
    { name: 'HEX', text: hex.toUpperCase() },
    { name: 'hex with blanks', text: [...bytes].map((byte) => hexOf(byte, 2)).join(' ') },
    { name: 'JSON', text: JSON.stringify(text).slice(1, -1) },
    { name: 'JSON, every character escaped', text: units.map((unit) => `\\u${hexOf(unit, 4)}`).join('') },
    { name: 'JSON, every character ESCAPED', text: units.map((unit) => `\\u${hexOf(unit, 4).toUpperCase()}`).join('') },
    {
      name: 'JSON in JSON, every character escaped',
      text: units.map((unit) => `\\\\u${hexOf(unit, 4)}`).join(''),
    },
    { name: 'escaped bytes', text: [...bytes].map((byte) => `\\x${hexOf(byte, 2)}`).join('') },
    { name: 'URL', text: encodeURIComponent(text) },
    { name: 'URL, every byte escaped', text: [...bytes].map((byte) => `%${hexOf(byte, 2)}`).join('') },
    { name: 'URL, every byte ESCAPED', text: [...bytes].map((byte) => `%${hexOf(byte, 2).toUpperCase()}`).join('') },
    { name: 'list of bytes', text: [...bytes].join(',') },
    { name: 'list of bytes with blanks', text: [...bytes].join(', ') },
    { name: 'HTML', text: units.map((unit) => `&#${unit};`).join('') },
  ];
  const notations = [
    ...written.map(({ name, text: notation }) => ({ name, bytes: Buffer.from(notation, 'utf8') })),
    { name: 'UTF-16', bytes: Buffer.from(text, 'utf16le') },
  ];
  return notations.filter(
    (notation, index) => notations.findIndex((other) => other.bytes.equals(notation.bytes)) === index,
  );
};
