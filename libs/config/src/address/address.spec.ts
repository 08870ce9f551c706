import { refusal } from '../load.fixture.js';
import { parseAddress, readHost, readHostAndPort, showAddress, type AddressForm } from './address.js';
import { parseBrokers } from './broker-address.js';
import { isForbiddenDestination, isLoopbackAddress, isLoopbackHost } from './destination.js';
import { addressText } from './http-address.js';
import { parseListenHost } from './listen-host.js';
import { parseRedisAddress } from './redis-address.js';

const FORM: AddressForm = { schemes: ['http', 'db'], example: 'http://host', credentials: true, path: true };
const NOBODY = { username: undefined, password: undefined };

describe('an address that is read', () => {
  it.each<[string, Partial<ReturnType<typeof parseAddress>>]>([
    ['http://host', { scheme: 'http', host: 'host', port: undefined, path: '', ...NOBODY }],
    ['HTTP://host:65535/a//b/', { scheme: 'http', host: 'host', port: 65_535, path: '/a/b', ...NOBODY }],
    ['db://me@host', { host: 'host', username: 'me', password: undefined }],
    ['db://:word@host', { username: undefined, password: 'word' }],
    ['db://me:a:b@host:1', { username: 'me', password: 'a:b', port: 1 }],
    ['db://m%40e:%3Aword@host', { username: 'm@e', password: ':word' }],
    ['db://me:@host', { username: 'me', password: undefined }],
    ['db://@host', { host: 'host', ...NOBODY }],
    ['http://host/..x/y../%2Ex', { path: '/..x/y../%2Ex' }],
  ])('%s', (text, address) => {
    expect(parseAddress(text, FORM)).toMatchObject(address);
  });

  it.each<[string, string, Partial<AddressForm>?]>([
    ['http://@host', 'has a user name or password in it', { credentials: false }],
    ['http://host/path', 'has a path behind its host', { path: false }],
    ['http://ho\ufeffst', 'has a blank'],
    ['http://ho\u200bst', 'has a blank'],
    ['db://me:wo\u2060rd@host', 'has a blank'],
    ['http://host/a%0A', 'has a line break or another control character in its path'],
    ['http://host/%7fa', 'has a line break or another control character in its path'],
    [`http://${'a.'.repeat(126)}bc`, 'has a host of more than 253 characters'],
    ['http://host/%2G', 'has a path with characters that must be percent-encoded'],
    ['http://host/%2', 'has a path with characters that must be percent-encoded'],
    ['http://host/a/%2E%2e', 'has . or .. in its path'],
    ['http://[::1]x:80', 'has a'],
    ['http://good.-bad.good', 'has a host that is neither a name nor an IP address'],
  ])('is none: %s', (text, reason, form = {}) => {
    const message = refusal(() => parseAddress(text, { ...FORM, ...form }));
    expect(message).toContain(reason);
    expect(message).toContain('; it must be an address such as http://host');
  });

  it.each(['http://host', '\u200bhttp://host\u200b', ' \ufeffhttp://host\u2060\r\n'])(
    'has nothing around: %j',
    (text) => {
      expect(parseAddress(text, FORM)).toMatchObject({ scheme: 'http', host: 'host', path: '' });
    },
  );

  it('has a host of 253 characters, with or without a dot at its end', () => {
    const name = `${'a.'.repeat(126)}b`;
    for (const host of [name, `${name}.`]) expect(parseAddress(`http://${host}`, FORM).host).toBe(host);
  });

  it.each(['http://host', 'http://host/', 'http://host//a//'])(
    'is as it was written where it is a whole one: %s',
    (text) => {
      expect(showAddress(parseAddress(text, { ...FORM, path: 'whole' }))).toBe(text);
    },
  );

  it('and has no .. or blank all the same', () => {
    for (const [text, reason] of [
      ['http://host/a//../b', 'has . or .. in its path'],
      ['http://host/a b', 'has a blank'],
      ['http://host/a"b', 'must be percent-encoded'],
    ] as const) {
      expect(refusal(() => parseAddress(text, { ...FORM, path: 'whole' }))).toContain(reason);
    }
  });

  it.each(['db://me:pass%0A@host', 'db://me%00:pass@host', 'db://me:%E2%80%A8@host'])(
    'has no control character in its user: %s',
    (text) => {
      expect(refusal(() => parseAddress(text, FORM))).toBe(
        'has a line break or another control character in its user name or password, such as %0A: leave it out',
      );
    },
  );

  it('has an @ in its user alone, and there is advice where it may have one', () => {
    const message = (credentials: boolean) => refusal(() => parseAddress('http://host/a@b', { ...FORM, credentials }));
    expect(message(false)).toBe('has an @ behind its host');
    expect(message(true)).toBe(
      'has an @ behind its host; in a user name or password write / as %2F, ? as %3F, # as %23 and @ as %40',
    );
  });

  it('has no escape in its user that begins none', () => {
    expect(refusal(() => parseAddress('db://m%e:word@host', FORM))).toBe(
      'has a % in its user name or password that begins no escape; write % itself as %25',
    );
  });
});

describe('a host', () => {
  const longest = 'a'.repeat(63);

  it.each([longest, `${longest}.${longest}`, 'host.1st', '12.host', '0x7f.host', '1.2.3.4', 'a_b', 'host.'])(
    'is a name or an IPv4 address: %s',
    (host) => {
      expect(readHost(host)).toBe(host);
    },
  );

  it.each([
    [`${longest}a`, 'neither a name nor an IP address'],
    ['x[::1]', 'neither a name nor an IP address'],
    ['[::1]x', 'neither a name nor an IP address'],
    ['[fe80::1%eth0]', 'something else than an IPv6 address in its brackets'],
    ['::1', 'has an IPv6 address without brackets'],
    ['a.b.12', 'looks like an IPv4 address and is none'],
    ['a.0x7f', 'looks like an IPv4 address and is none'],
    ['a.0X', 'looks like an IPv4 address and is none'],
  ])('is none: %s', (host, reason) => {
    expect(refusal(() => readHost(host))).toContain(reason);
  });

  it('with a port has nothing between its brackets and the colon', () => {
    expect(refusal(() => readHostAndPort('[::1]x'))).toContain('neither a name');
    expect(readHostAndPort('[::1]:80')).toEqual({ host: '::1', port: 80 });
    expect(readHostAndPort('host:')).toEqual({ host: 'host', port: undefined });
  });
});

describe('a server of Kafka', () => {
  it.each(['myhttp://a:1', 'kafka-internal://a:1'])('may have any listener’s name in front: %s', (text) => {
    expect(parseBrokers(text, 'PLAINTEXT')).toEqual(['a:1']);
  });

  it.each(['a b://c:1', 'a\ufeff:1', 'TCP://a:1', 'https://a:1'])('is none: %s', (text) => {
    expect(() => parseBrokers(text, 'PLAINTEXT')).toThrow(/^has/);
  });
});

describe('where an address leads', () => {
  it.each([
    ['localhost', true],
    ['a.localhost', true],
    ['localhost.example', false],
    ['.localhost.example', false],
    ['127.1.2.3', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['::2', false],
    ['example.com', false],
  ])('%s is this machine: %s', (host, isLoopback) => {
    expect(isLoopbackHost(host)).toBe(isLoopback);
    expect(isLoopbackAddress(host)).toBe(isLoopback && !host.endsWith('localhost'));
  });

  it.each([
    ['169.254.169.254', true],
    ['::ffff:169.254.169.254', true],
    ['0.0.0.0', true],
    ['239.0.0.1', true],
    ['::', true],
    ['fe80::1', true],
    ['ff02::1', true],
    ['fd00:ec2::254', true],
    ['100.100.100.200', true],
    ['100.100.100.201', false],
    ['168.63.129.16', true],
    ['64:ff9b::a9fe:a9fe', true],
    ['64:ff9b::169.254.169.254', true],
    ['64:ff9b::100.100.100.200', true],
    ['64:ff9b::168.63.129.16', true],
    ['64:ff9b::224.0.0.1', true],
    ['64:ff9b::0.0.0.1', true],
    ['64:ff9b::10.0.0.7', false],
    ['10.0.0.1', false],
    ['fd00::1', false],
    ['example.com', false],
  ])('%s is no receiver: %s', (host, isForbidden) => {
    expect(isForbiddenDestination(host)).toBe(isForbidden);
  });
});

it.each(['http://host', '127.0.0.1:8080', 'localhost:80', 'host:', '[::1]:8080', 'host\ufeff:80'])(
  'a host to listen on is a host alone, which %s is not',
  (text) => {
    expect(refusal(() => parseListenHost(text))).toBe(
      'must be a host alone, such as 0.0.0.0 or ::; the port is a setting of its own',
    );
  },
);

describe('a Redis address', () => {
  it('says where, as whom, by what and which database', () => {
    expect(parseRedisAddress('redis://host')).toEqual({ host: 'host', port: 6_379, tls: false, database: 0 });
    const { password, ...rest } = parseRedisAddress('rediss://me:word@[::1]:7000/2147483647');
    expect(rest).toEqual({ host: '::1', port: 7_000, tls: true, username: 'me', database: 2_147_483_647 });
    expect(password?.reveal()).toBe('word');
    expect(parseRedisAddress('redis://host')).not.toHaveProperty('password');
    expect(parseRedisAddress('redis://host')).not.toHaveProperty('username');
  });

  it.each(['redis://host/2147483648', 'redis://host/x/1'])('names a database that there may be, unlike %s', (text) => {
    expect(refusal(() => parseRedisAddress(text))).toMatch(/is not the number of a database.* \/ is written as %2F$/);
  });
});

it('a fault of whatever reads an address is no problem of the configuration', () => {
  const broken = addressText('an address', () => {
    throw new TypeError('a fault');
  });
  expect(() => broken.safeParse('http://host')).toThrow(TypeError);
});
