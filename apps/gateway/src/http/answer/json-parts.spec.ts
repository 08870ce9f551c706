import fc from 'fast-check';
import { isSurelyShort } from './json-parts.js';

describe('what is surely short', () => {
  it('has no longer JSON than that, whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(2_000), (value, text, bytes) => {
        const body = { value, [text]: [text] };
        if (isSurelyShort(body, bytes)) expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(bytes);
      }),
    );
  });

  it('is what a write is answered with', () => {
    const tags = [{ key: 'team', value: 'payments' }];
    expect(
      isSurelyShort({ namespace: 'company.team', key: 'DB_PASSWORD', description: 'of the store', tags }, 4_096),
    ).toBe(true);
    expect(isSurelyShort({ tags: Array.from({ length: 1_000 }, () => tags[0]) }, 4_096)).toBe(false);
    expect(isSurelyShort({ description: 'x'.repeat(5_000) }, 4_096)).toBe(false);
  });
});
