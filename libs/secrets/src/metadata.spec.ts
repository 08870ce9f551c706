import fc from 'fast-check';
import { applyPatch, isReservedTag, parseTags, withDefaultTags, type Tag } from './index.js';

const names = fc.stringMatching(/^[a-e]{1,3}$/);
const tagLists = fc.uniqueArray(fc.record({ key: names, value: fc.string() }), { selector: (tag) => tag.key });
const keysOf = (tags: readonly Tag[]): string[] => tags.map((tag) => tag.key);

const invalid = (message: RegExp, details: object) =>
  expect.objectContaining({ code: 'invalid', message: expect.stringMatching(message) as string, details }) as Error;

describe('tags', () => {
  it('are sorted by key, each with its value and nothing else', () => {
    fc.assert(
      fc.property(tagLists, (tags) => {
        const parsed = parseTags(tags.map((tag) => ({ ...tag, more: 1 })));
        expect(keysOf(parsed)).toEqual(keysOf(tags).sort());
        expect(new Set(parsed)).toEqual(new Set(tags));
      }),
    );
  });

  it('have keys that are neither empty nor twice there', () => {
    expect(() => parseTags([{ key: '', value: 'x' }])).toThrow(invalid(/must not be empty/, {}));
    const twice = ['a', 'b', 'a'].map((key) => ({ key, value: key }));
    expect(() => parseTags(twice)).toThrow(invalid(/'a' appears twice/, { tag: 'a' }));
  });

  it.each(['namespace', 'key', 'prefix', 'tenant', 'coffer', 'coffer-fence', 'coffer.x'])(
    'cannot have the key %s',
    (key) => {
      expect(isReservedTag(key)).toBe(true);
      expect(() => parseTags([{ key, value: '' }])).toThrow(invalid(/is reserved/, { tag: key }));
    },
  );

  it.each(['Namespace', 'keys', 'monkey', 'a-tenant', 'my-coffer', 'cof', 'prefixes'])('may have the key %s', (key) => {
    expect(isReservedTag(key)).toBe(false);
    expect(parseTags([{ key, value: 'v' }])).toEqual([{ key, value: 'v' }]);
  });

  it('take a default where the secret has none of that key', () => {
    fc.assert(
      fc.property(tagLists, tagLists, (own, defaults) => {
        const all = withDefaultTags(own, defaults);
        expect(keysOf(all)).toEqual([...new Set([...keysOf(own), ...keysOf(defaults)])].sort());
        for (const tag of all) expect(own.find(({ key }) => key === tag.key) ?? tag).toEqual(tag);
        expect(defaults.filter((tag) => !keysOf(own).includes(tag.key)).every((tag) => all.includes(tag))).toBe(true);
      }),
    );
  });
});

describe('applyPatch', () => {
  const tags = [{ key: 'a', value: '1' }];
  const stored = { description: 'of old', tags };

  it('keeps what the patch does not name', () => {
    expect(applyPatch(stored, {})).toEqual(stored);
    expect(applyPatch({ tags }, {})).toStrictEqual({ tags });
    expect(applyPatch(stored, { description: 'new' })).toEqual({ description: 'new', tags });
    expect(applyPatch(stored, { tags: [] })).toEqual({ description: 'of old', tags: [] });
  });

  it('has no description after an empty one', () => {
    expect(applyPatch(stored, { description: '' })).toStrictEqual({ tags });
    expect(applyPatch({ tags, description: '' }, {})).toStrictEqual({ tags });
  });
});
