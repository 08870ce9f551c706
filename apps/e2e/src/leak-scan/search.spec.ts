import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { formsOf } from './forms.js';
import { Search } from './search.js';

const WORD = 'Kq7vLx2MnP9r"\\\n€<&';

/** What programs make of a text that stands somewhere in theirs. */
const WRITERS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'JSON.stringify': (text) => JSON.stringify({ text }),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify({ text: text.slice(0, -2) })),
  'JSON of a Buffer': (text) => JSON.stringify(Buffer.from(text)),
  'ASCII JSON': (text) => text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  encodeURIComponent: (text) => encodeURIComponent(text),
  'Buffer inspected': (text) => Buffer.from(text).toString('hex').replace(/../g, '$& '),
};

describe('Search', () => {
  it.each(Object.entries(WRITERS))('finds what was written by %s, wherever it stands', (_, write) => {
    // Escapes within escapes are found by the part that needs none, as the canaries' marks are.
    const words = [
      { name: 'whole', text: WORD },
      { name: 'mark', text: 'Kq7vLx2MnP9r' },
    ];
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(40), (before, behind, cut) => {
        const bytes = Buffer.from(write(`${before}${WORD}${behind}`));
        const hits = new Search(words).in('here', [bytes.subarray(0, cut), bytes.subarray(cut)]);
        expect(hits.length).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  it('finds a word that lies across pieces of one byte, and counts what it looked through', () => {
    const search = new Search([{ name: 'w', text: WORD }]);
    const bytes = Buffer.from(`xx${WORD}xx`);
    expect(
      search.in(
        'p',
        Array.from(bytes, (byte) => Buffer.of(byte)),
      ),
    ).toContainEqual({
      word: 'w',
      form: 'plain',
      place: 'p',
    });
    expect(search.bytes).toBe(bytes.length);
  });

  it('finds each form and nothing in noise', () => {
    const search = new Search([{ name: 'w', text: WORD }]);
    for (const { name, bytes } of formsOf(WORD)) {
      expect(search.in('p', [randomBytes(100), bytes, randomBytes(100)]).map(({ form }) => form)).toContain(name);
    }
    expect(search.in('p', [randomBytes(1_000_000)])).toEqual([]);
  });
});
