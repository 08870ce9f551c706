import fc from 'fast-check';
import { SecretPath } from '@coffer/secrets';
import { assertPrefix, identityOf, identityTags, nameOf, unusedNameOf } from './layout.js';

const scope = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,255}$/);
const keys = fc
  .oneof(
    fc.constantFrom(
      '/',
      'a/b',
      'a=2Fb',
      '=2F',
      'a ',
      ' a',
      '..',
      '🔑'.repeat(256),
      'x'.repeat(256),
      'aws:x',
      '=sha256=',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
  )
  .filter((key) => [...key].length <= 256 && !/[\u0000-\u001f\u007f-\u009f]/.test(key) && key.isWellFormed());
const prefixes = fc.constantFrom('kestra', '', 'a', 'a/b', 'a/', 'a ', 'é', 'x'.repeat(128), '=sha256=');
const places = fc.record({ prefix: prefixes, tenant: scope, namespace: scope, key: keys });
const pathOf = ({ tenant, namespace, key }: { tenant: string; namespace: string; key: string }) => {
  try {
    return SecretPath.of(tenant, namespace, key);
  } catch {
    return SecretPath.of('main', namespace, key);
  }
};

describe('names', () => {
  it('are legal, whatever the path', () => {
    fc.assert(
      fc.property(places, (place) => {
        const name = nameOf(place.prefix, pathOf(place));
        expect(name).toMatch(/^[A-Za-z0-9/_+=.@-]{1,512}$/);
        expect(name).not.toBe(unusedNameOf(place.prefix));
      }),
    );
  });

  it('of two secrets differ', () => {
    fc.assert(
      fc.property(places, places, (a, b) => {
        const same = a.prefix === b.prefix && pathOf(a).equals(pathOf(b));
        expect(nameOf(a.prefix, pathOf(a)) === nameOf(b.prefix, pathOf(b))).toBe(same);
      }),
    );
    expect(nameOf('a/b', SecretPath.of('c', 'd', 'e'))).not.toBe(nameOf('a', SecretPath.of('b', 'c', 'd')));
  });

  it('read as the path where it is plain', () => {
    expect(nameOf('kestra', SecretPath.of('main', 'company.team', 'DB_PASSWORD'))).toBe(
      'kestra/main/company.team/DB_PASSWORD',
    );
    expect(nameOf('a/b', SecretPath.of('main', 'n', 'k/é='))).toBe('a=2Fb/main/n/k=2F=C3=A9=3D');
  });

  it('beyond 512 characters are hashed', () => {
    const path = SecretPath.of('t'.repeat(256), 'n'.repeat(256), 'k');
    expect(nameOf('kestra', path)).toMatch(/^kestra\/=sha256=[0-9a-f]{64}$/);
  });

  it.each(['aws:mine', 'a{b}', 'a\nb', 'x'.repeat(129), 'é'.repeat(120)])('prefix %p is refused', (prefix) => {
    expect(() => assertPrefix(prefix)).toThrow(/awsSecretManager\.prefix/);
  });
});

describe('the tags of an identity', () => {
  it('tell the path again, are legal, and leave room for the user’s', () => {
    fc.assert(
      fc.property(places, (place) => {
        const identity = { prefix: place.prefix, path: pathOf(place) };
        const tags = identityTags(identity);
        expect(tags.length).toBeLessThanOrEqual(18);
        for (const { Key = '', Value = '' } of tags) {
          expect([...Value].length).toBeLessThanOrEqual(255);
          expect(Key + Value).toMatch(/^[\p{L}\p{N}\p{Zs}+\-=._:/@]*$/u);
        }
        const found = identityOf(tags);
        expect([found?.prefix, found?.path.toString()]).toEqual([identity.prefix, identity.path.toString()]);
      }),
    );
  });

  it('are those that Kestra puts, where the path is plain', () => {
    expect(identityTags({ prefix: 'kestra', path: SecretPath.of('main', 'company.team', 'A') })).toEqual([
      { Key: 'prefix', Value: 'kestra' },
      { Key: 'tenant', Value: 'main' },
      { Key: 'namespace', Value: 'company.team' },
      { Key: 'key', Value: 'A' },
    ]);
  });

  it.each([
    { namespace: 'n', key: 'k' },
    { prefix: 'p', key: 'k' },
    { prefix: 'p', namespace: 'n' },
    { prefix: 'p', namespace: 'NOT A NAMESPACE', key: 'k' },
    { prefix: 'p', namespace: 'n', key: '' },
    { prefix: 'p', 'coffer-path-0': 'bm90IGEgcGF0aA' },
  ])('%p is nobody’s', (tags) => {
    expect(identityOf(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })))).toBeUndefined();
  });
});
