import { SecretPath } from '@coffer/secrets';
import { nameOf } from './layout.js';

const of = (key: string, namespace = 'company.team', tenant = 'main', prefix = 'kestra') =>
  nameOf(prefix, SecretPath.of(tenant, namespace, key));

describe('names in the vault', () => {
  it('are of the characters and the length that the vault takes', () => {
    const longest = of('🔑'.repeat(256), 'n'.repeat(256), 't'.repeat(256), 'p'.repeat(256));
    for (const name of [of('KEY'), of('..'), of('ключ'), of('a/b c'), longest, of('x'.repeat(256))]) {
      expect(name).toMatch(/^[0-9A-Za-z-]{1,127}$/);
    }
  });

  it('tell apart what differs by case alone, also where case does not count', () => {
    const names = [of('Key'), of('KEY'), of('key'), of('key '), of('k_ey'), of('k-ey')].map((name) =>
      name.toLowerCase(),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('tell apart parts that run together, and prefixes', () => {
    const names = [of('bc', 'a'), of('c', 'ab'), of('c', 'b', 'maina'), of('c', 'b', 'ain', 'kestram')];
    expect(new Set(names.map((name) => name.slice(-40))).size).toBe(names.length);
  });

  it('stay the same from version to version', () => {
    expect(of('DB_PASSWORD')).toBe('company-team-DB-PASSWORD-0a73dd14eabbcfe3c6d3600dd0515ad1ebc541cf');
  });
});
