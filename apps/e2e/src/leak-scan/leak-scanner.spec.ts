import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { notationsOf } from './notations.js';
import { LeakScanner } from './leak-scanner.js';

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

describe('LeakScanner', () => {
  it.each(Object.entries(WRITERS))('finds what was written by %s, wherever it stands', (_, write) => {
    // Escapes within escapes are found by the part that needs none, as the canaries' texts are.
    const markers = [
      { name: 'whole', text: WORD },
      { name: 'mark', text: 'Kq7vLx2MnP9r' },
    ];
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(40), (before, behind, cut) => {
        const bytes = Buffer.from(write(`${before}${WORD}${behind}`));
        const leaks = new LeakScanner(markers).scan('here', [bytes.subarray(0, cut), bytes.subarray(cut)]);
        expect(leaks.length).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  it('finds a marker that lies across pieces of one byte, and counts what it looked through', () => {
    const search = new LeakScanner([{ name: 'w', text: WORD }]);
    const bytes = Buffer.from(`xx${WORD}xx`);
    expect(
      search.scan(
        'p',
        Array.from(bytes, (byte) => Buffer.of(byte)),
      ),
    ).toContainEqual({
      marker: 'w',
      notation: 'plain',
      place: 'p',
    });
    expect(search.bytes).toBe(bytes.length);
  });

  it('finds each notation and nothing in noise', () => {
    const search = new LeakScanner([{ name: 'w', text: WORD }]);
    for (const { name, bytes } of notationsOf(WORD)) {
      expect(search.scan('p', [randomBytes(100), bytes, randomBytes(100)]).map(({ notation }) => notation)).toContain(
        name,
      );
    }
    expect(search.scan('p', [randomBytes(1_000_000)])).toEqual([]);
  });
});
