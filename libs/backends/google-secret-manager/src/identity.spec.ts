import { SecretPath } from '@coffer/secrets';
import { crc32c } from './client.js';
import { identityOf, labelForm, scopeFilter, secretIdOf } from './identity.js';
import { parseTagsText, tagsText } from './tags-text.js';

const path = SecretPath.of('main', 'company.team', 'DB_PASSWORD');

describe('crc32c', () => {
  it.each([
    // https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
    ['32 zeroes', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['rising bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => n)), 0x46dd794e],
    ['falling bytes', Buffer.from(Array.from({ length: 32 }, (_, n) => 31 - n)), 0x113fdb5c],
    ['123456789', Buffer.from('123456789'), 0xe3069283],
    ['nothing', Buffer.alloc(0), 0],
  ])('of %s', (_, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });
});

describe('secretIdOf', () => {
  it('is legal, readable and as long as may be', () => {
    expect(secretIdOf('kestra', path)).toMatch(/^kestra-company-team-DB_PASSWORD-[0-9a-f]{64}$/);
    const longest = secretIdOf('🔑'.repeat(128), SecretPath.of('t'.repeat(256), 'n'.repeat(256), '🔑'.repeat(256)));
    expect(longest).toMatch(/^[A-Za-z0-9_-]{1,255}$/);
    expect(secretIdOf('', SecretPath.of('main', '0', '🔑'))).toMatch(/^[A-Za-z0-9_-]{66,}$/);
  });

  it('tells apart what joins to the same text', () => {
    const ids = [
      secretIdOf('a', SecretPath.of('b', 'c', 'd')),
      secretIdOf('ab', SecretPath.of('c', 'c', 'd')),
      secretIdOf('a', SecretPath.of('bc', 'c', 'd')),
      secretIdOf('a', SecretPath.of('b', 'cd', 'd')),
      secretIdOf('a', SecretPath.of('b', 'c', 'D')),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('labels', () => {
  it('have a legal form', () => {
    expect(labelForm('company.team')).toBe('company-team');
    expect(labelForm('DB_PASSWORD')).toBe('db_password');
    expect(labelForm('é🔑 x')).toBe('----x'.slice(1));
    expect(labelForm('X'.repeat(300))).toBe('x'.repeat(63));
    for (const text of ['', '🔑'.repeat(256), 'İ', '"', '\ud800'])
      expect(labelForm(text)).toMatch(/^[a-z0-9_-]{0,63}$/);
  });

  it('filter what they can and no more', () => {
    expect(scopeFilter('kestra', 'main')).toBe('labels.prefix=kestra');
    expect(scopeFilter('Kestra', 'a_b', 'company.team', 'K')).toBe(
      'labels.prefix=kestra AND labels.tenant=a_b AND labels.namespace=company-team AND labels.key=k',
    );
    // A hyphen in front would be a negation.
    expect(scopeFilter('kestra', 'main', 'team', '.hidden')).toBe('labels.prefix=kestra AND labels.namespace=team');
    expect(scopeFilter('', 'main')).toBe('');
  });
});

describe('identityOf', () => {
  it('takes annotations before labels, and the default tenant', () => {
    const labels = { prefix: 'kestra', namespace: 'company-team', key: 'db_password' };
    expect(identityOf(labels, { namespace: 'company.team', key: 'DB_PASSWORD' })).toEqual({ prefix: 'kestra', path });
    expect(identityOf({ ...labels, tenant: 'other' }, {})?.path.tenant).toBe('other');
  });

  it.each([
    [{ prefix: 'p', namespace: 'n' }],
    [{ prefix: 'p', key: 'k' }],
    [{ namespace: 'n', key: 'k' }],
    [{ prefix: 'p', namespace: '-n', key: 'k' }],
  ])('is nobody for %j', (labels) => {
    expect(identityOf(labels as Record<string, string>, {})).toBeUndefined();
  });
});

describe('tagsText', () => {
  it('round trips whatever tags may hold, four bytes a code point at most', () => {
    const tags = [
      { key: '%', value: '%25' },
      { key: 'a&b=c', value: ' \n\t"\\\u0001' },
      { key: 'é', value: '' },
      { key: '🔑', value: '🔑'.repeat(120) },
    ];
    expect(parseTagsText(tagsText(tags))).toEqual(tags);
    expect(tagsText([{ key: 'team', value: 'a' }])).toBe('team=a');
    expect(parseTagsText('')).toEqual([]);
    for (let point = 1; point < 0x3000; point += 1) {
      const character = String.fromCodePoint(point);
      expect(Buffer.byteLength(tagsText([{ key: character, value: '' }]))).toBeLessThanOrEqual(5);
    }
  });

  it.each(['a', '=b', 'a=b=c', 'a=b&'])('refuses %s', (text) => {
    expect(() => parseTagsText(text)).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });
});
