import fc from 'fast-check';
import { MAX_GENERATION, MAX_OFFSET, fenceOf } from '@coffer/secrets';
import { MAX_ATTEMPT, ownVersionOf, versionIdOf } from './version-id.js';

const fences = fc
  .tuple(fc.integer({ min: 1, max: MAX_GENERATION }), fc.bigInt(0n, MAX_OFFSET))
  .map(([generation, offset]) => fenceOf(generation, offset));
const kinds = fc.constantFrom('value' as const, 'tombstone' as const);
const attempts = fc.integer({ min: 0, max: MAX_ATTEMPT });

describe('the id of a version', () => {
  it('tells fence and kind, and has the shape of a UUID version 8', () => {
    fc.assert(
      fc.property(fences, kinds, attempts, (fence, kind, attempt) => {
        const id = versionIdOf(fence, kind, attempt);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(ownVersionOf(id)).toEqual({ fence, kind });
        expect(ownVersionOf(id.toUpperCase())).toEqual({ fence, kind });
      }),
    );
  });

  it('differs by fence, kind and attempt', () => {
    const what = fc.tuple(fences, kinds, attempts);
    fc.assert(
      fc.property(what, what, (a, b) => {
        expect(versionIdOf(...a) === versionIdOf(...b)).toBe(a.every((part, n) => part === b[n]));
      }),
    );
  });

  it.each([
    undefined,
    '',
    '8b6a1c50-0c9e-4b6f-9a53-2f5b8f5ecb0f',
    'c0ffee00-0000-8000-8000-000000000000',
    'c0ffee00-8000-8000-8000-000000000000',
    'c0ffee00-0001-8002-8000-000000000000',
    'c0ffee00-0001-8000-8000-00000000000',
    'terraform-20260101',
  ])('%p was made outside', (id) => {
    expect(ownVersionOf(id)).toBeUndefined();
  });
});
