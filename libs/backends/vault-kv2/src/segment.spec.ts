import fc from 'fast-check';
import { escapeSegment, unescapeSegment } from './segment.js';

describe('a segment of a path', () => {
  it.each([
    ['DB_PASSWORD', 'DB_PASSWORD'],
    ['db-password.v1', 'db-password.v1'],
    ['a/b', 'a=2Fb'],
    ['a=2Fb', 'a=3D2Fb'],
    ['%2F', '=252F'],
    ['..', '=2E.'],
    ['.hidden', '=2Ehidden'],
    ['a..b', 'a.=2Eb'],
    ['', '='],
    ['=', '=3D'],
    ['key ', 'key=20'],
    ['é', '=C3=A9'],
    ['🔑', '=F0=9F=94=91'],
    ['a\\b', 'a=5Cb'],
  ])('of %j is %j', (text, segment) => {
    expect(escapeSegment(text)).toBe(segment);
    expect(unescapeSegment(segment)).toBe(text);
  });

  it('is one of its own for every text, printable and without `/`, `..` and a leading dot', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const segment = escapeSegment(text);
        expect(segment).toMatch(/^(?!\.)(?!.*\.\.)[A-Za-z0-9_@:~.=-]+$/);
        expect(unescapeSegment(segment)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['a b', '.a', 'a..b', 'a=2f', 'a=', '=GG', '=C3', '=41', 'a%2Fb', 'é'])('%j is nobody’s', (segment) => {
    expect(unescapeSegment(segment)).toBeUndefined();
  });
});
