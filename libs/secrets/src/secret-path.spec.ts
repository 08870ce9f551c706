import fc from 'fast-check';
import {
  isWithinNamespace,
  MAX_KEY_LENGTH,
  MAX_SCOPE_LENGTH,
  namespaceAndParents,
  parseKey,
  parseNamespace,
  parseTenant,
  RESERVED_TENANTS,
  SecretPath,
} from './index.js';

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: 'invalid', message: expect.stringMatching(message) as string }) as Error;

const tenants = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/).filter((text) => !RESERVED_TENANTS.has(text));
const namespaces = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,9}(\.[a-z0-9_-]{1,9}){0,4}$/);
const keys = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => !/[\u0000-\u001f\u007f-\u009f]/.test(text));

describe('parseTenant', () => {
  it.each(['main', '0', 'a-b_c', 'a'.repeat(MAX_SCOPE_LENGTH)])('gives back %s', (text) => {
    expect(parseTenant(text)).toBe(text);
  });

  it.each(['', 'Main', '-a', '_a', 'a.b', 'a/b', ' a', 'a ', 'a\n', 'ä', 'a'.repeat(MAX_SCOPE_LENGTH + 1)])(
    'refuses %j and names the form and the length that are right',
    (text) => {
      expect(() => parseTenant(text)).toThrow(invalid(/tenant: it must match .*at most 256 characters/));
    },
  );

  it.each(['namespaces', 'secrets', 'auditlogs'])(
    'refuses %s, a word of the API, and nothing that holds it',
    (text) => {
      expect(() => parseTenant(text)).toThrow(invalid(new RegExp(`'${text}' is a word of the API`)));
      expect(parseTenant(`${text}1`)).toBe(`${text}1`);
    },
  );
});

describe('parseNamespace', () => {
  it.each(['company', '0', 'company.team', 'a_.-b', 'a.b.c.d', 'a'.repeat(MAX_SCOPE_LENGTH)])(
    'gives back %s',
    (text) => {
      expect(parseNamespace(text)).toBe(text);
    },
  );

  it.each(['', 'Company', '.a', '-a', '_a', 'a/b', ' a', 'a\n', 'a'.repeat(MAX_SCOPE_LENGTH + 1)])(
    'refuses %j and names the form and the length that are right',
    (text) => {
      expect(() => parseNamespace(text)).toThrow(invalid(/namespace: it must match .*at most 256 characters/));
    },
  );

  it.each(['a.', 'a..b', 'a.b.', 'a...'])('refuses %s, which has an empty part', (text) => {
    expect(() => parseNamespace(text)).toThrow(invalid(/must not end in a dot, nor have two dots/));
  });
});

describe('parseKey', () => {
  it.each([
    ' ',
    '~',
    'API_KEY',
    'a/b',
    'ä',
    '\u{1f511}',
    '\u00a0',
    'a'.repeat(MAX_KEY_LENGTH),
    '\u{1f511}'.repeat(256),
  ])('gives back %j', (text) => {
    expect(parseKey(text)).toBe(text);
  });

  it.each([
    ['', 0],
    ['a'.repeat(257), 257],
    ['\u{1f511}'.repeat(257), 257],
  ])('refuses a key by its number of code points', (text, length) => {
    expect(() => parseKey(text)).toThrow(invalid(new RegExp(`1 to 256 characters, this one has ${length}$`)));
  });

  it.each(['\u0000', 'a\u001f', '\u007fa', 'a\u009fb', 'ok\n'])('refuses the control character in %j', (text) => {
    expect(() => parseKey(text)).toThrow(invalid(/must not contain control characters/));
  });

  it.each(['\ud83d', 'a\udd11b'])('refuses a lone surrogate', (text) => {
    expect(() => parseKey(text)).toThrow(invalid(/well-formed Unicode/));
  });
});

describe('SecretPath', () => {
  it('has one text for each path and one path for each text', () => {
    fc.assert(
      fc.property(tenants, namespaces, keys, (tenant, namespace, key) => {
        const path = SecretPath.of(tenant, namespace, key);
        expect(path).toMatchObject({ tenant, namespace, key });
        expect(String(path).split('/')).toHaveLength(3);
        const again = SecretPath.parse(String(path));
        expect(again.equals(path)).toBe(true);
        expect(String(again)).toBe(String(path));
      }),
    );
  });

  it('percent-encodes the key alone', () => {
    expect(String(SecretPath.of('main', 'company.team', 'a/b %\u{1f511}'))).toBe(
      'main/company.team/a%2Fb%20%25%F0%9F%94%91',
    );
  });

  it('names the part that is wrong', () => {
    expect(() => SecretPath.of('A', 'a', 'a')).toThrow(invalid(/^invalid tenant/));
    expect(() => SecretPath.of('a', 'A', 'a')).toThrow(invalid(/^invalid namespace/));
    expect(() => SecretPath.of('a', 'a', '')).toThrow(invalid(/^invalid key/));
  });

  it.each(['', 'main', 'main/company', 'main/company/KEY/more', 'main/company/KEY/'])('does not parse %j', (text) => {
    expect(() => SecretPath.parse(text)).toThrow(invalid(/must be tenant\/namespace\/key/));
  });

  it.each(['main/company/%', 'main/company/%ff'])(
    'does not parse %s, whose key is no percent-encoded UTF-8',
    (text) => {
      expect(() => SecretPath.parse(text)).toThrow(invalid(/not percent-encoded UTF-8/));
    },
  );

  it('gives undefined, where it is only tried, for what is no path', () => {
    const text = 'main/company/a%2Fb';
    expect(SecretPath.tryParse(text)?.equals(SecretPath.parse(text))).toBe(true);
    for (const other of ['', 'main/company', 'Main/company/KEY', 'main/company/%']) {
      expect(SecretPath.tryParse(other)).toBeUndefined();
    }
  });

  it('has the same key in each parent namespace for its levels, itself first', () => {
    fc.assert(
      fc.property(tenants, namespaces, keys, (tenant, namespace, key) => {
        const path = SecretPath.of(tenant, namespace, key);
        expect(path.levels[0]).toBe(path);
        expect(path.levels.map(String)).toEqual(
          namespaceAndParents(namespace).map((level) => String(SecretPath.of(tenant, level, key))),
        );
      }),
    );
  });

  it('equals a path only when every part does', () => {
    const path = SecretPath.of('main', 'company', 'KEY');
    expect(path.equals(SecretPath.of('main', 'company', 'KEY'))).toBe(true);
    expect(path.equals(SecretPath.of('other', 'company', 'KEY'))).toBe(false);
    expect(path.equals(SecretPath.of('main', 'company.team', 'KEY'))).toBe(false);
    expect(path.equals(SecretPath.of('main', 'company', 'key'))).toBe(false);
  });
});

describe('namespaces', () => {
  it('lists a namespace and its parents, nearest first', () => {
    expect(namespaceAndParents('company.team.app')).toEqual(['company.team.app', 'company.team', 'company']);
    expect(namespaceAndParents('company')).toEqual(['company']);
  });

  it('knows what lies within a namespace: itself and what is below, but no longer name', () => {
    expect(isWithinNamespace('company', 'company')).toBe(true);
    expect(isWithinNamespace('company.team', 'company')).toBe(true);
    expect(isWithinNamespace('companyx.team', 'company')).toBe(false);
    expect(isWithinNamespace('company', 'company.team')).toBe(false);
    expect(isWithinNamespace('other.company.', 'company')).toBe(false);
  });

  it('agrees on the two: a namespace lies within its parents and within no other', () => {
    fc.assert(
      fc.property(namespaces, namespaces, (namespace, other) => {
        expect(isWithinNamespace(namespace, other)).toBe(namespaceAndParents(namespace).includes(other));
        for (const parent of namespaceAndParents(namespace)) expect(isWithinNamespace(namespace, parent)).toBe(true);
      }),
    );
  });
});
