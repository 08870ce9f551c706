import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { MAX_GENERATION, MAX_OFFSET, fenceOf } from '@coffer/secrets';
import { MAX_ATTEMPT, ownVersionOf, versionIdOf } from './version-id.js';

const fences = fc
  .tuple(fc.integer({ min: 1, max: MAX_GENERATION }), fc.bigInt(0n, MAX_OFFSET))
  .map(([generation, offset]) => fenceOf(generation, offset));
const kinds = fc.constantFrom('value' as const, 'tombstone' as const);
const revisions = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const versions = fc.record({ fence: fences, kind: kinds, revision: revisions });
const attempts = fc.integer({ min: 0, max: MAX_ATTEMPT });

describe('the id of a version', () => {
  it('tells fence, kind and revision, and has the shape of a UUID version 8', () => {
    fc.assert(
      fc.property(versions, attempts, (version, attempt) => {
        const id = versionIdOf(version, attempt);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(ownVersionOf(id)).toEqual(version);
        expect(ownVersionOf(id.toUpperCase())).toEqual(version);
      }),
    );
  });

  it('differs by fence, kind, revision and attempt', () => {
    const what = fc.tuple(versions, attempts);
    fc.assert(
      fc.property(what, what, (a, b) => {
        expect(versionIdOf(...a) === versionIdOf(...b)).toBe(isDeepStrictEqual(a, b));
      }),
    );
  });

  it('stays at the highest revision', () => {
    const version = { fence: fenceOf(1, 0n), kind: 'tombstone' as const };
    expect(ownVersionOf(versionIdOf({ ...version, revision: 2 ** 31 }))).toEqual({ ...version, revision: 2 ** 31 - 1 });
  });

  it.each([
    undefined,
    '',
    '8b6a1c50-0c9e-4b6f-9a53-2f5b8f5ecb0f',
    'c0ffe000-0000-8000-8010-000000000000',
    'c0ffe000-8000-8000-8010-000000000000',
    'c0ffe000-0001-8000-8000-000000000000',
    'c0ffe000-0001-8000-8010-00000000000',
    'terraform-20260101',
  ])('%p was made outside', (id) => {
    expect(ownVersionOf(id)).toBeUndefined();
  });
});
