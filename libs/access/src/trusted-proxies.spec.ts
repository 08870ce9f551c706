import { TrustedProxies } from './trusted-proxies.js';

describe('TrustedProxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48', '::ffff:172.16.0.0/108']);

  it.each<[string, string, string | undefined, string]>([
    ['a peer that is no proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['a peer that is one, without the header', '10.0.0.1', undefined, '10.0.0.1'],
    ['with an empty one', '10.0.0.1', '', '10.0.0.1'],
    ['with a client', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['with what a client made up', '10.0.0.1', '1.1.1.1, 2.2.2.2,198.51.100.1', '198.51.100.1'],
    ['behind another proxy', '10.0.0.1', '1.1.1.1, 198.51.100.1, 192.0.2.7', '198.51.100.1'],
    ['proxies alone', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['a proxy alone whose address begins with that of another', '10.0.0.1', '10.0.0.33', '10.0.0.33'],
    ['mapped into IPv6', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['a block that is mapped into IPv6', '172.16.5.5', '198.51.100.1', '198.51.100.1'],
    ['of IPv6', '2001:db8:1::5', '2001:db8:2::1', '2001:db8:2::1'],
    ['with ports and brackets', '10.0.0.1', '[2001:db8:2::1]:80, 10.0.0.2:4711', '2001:db8:2::1'],
    ['with what is no address', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['with what is no address further left', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['with a number alone', '10.0.0.1', '198.51.100.1, 9', '10.0.0.1'],
    ['with a hexadecimal number', '10.0.0.1', '0x7f000001', '10.0.0.1'],
    ['with octal numbers', '10.0.0.1', '010.0.0.1', '10.0.0.1'],
    ['with three numbers', '10.0.0.1', '198.51.100', '10.0.0.1'],
    ['with commas alone', '10.0.0.1', ',,,', '10.0.0.1'],
    ['a socket without an address', '', '198.51.100.1', ''],
  ])('%s', (_what, peer, header, client) => {
    expect(proxies.clientOf(peer, header)).toBe(client);
  });

  it('knows its proxies', () => {
    expect(['10.0.0.1', '::ffff:10.0.0.1', '203.0.113.9', ''].map((peer) => proxies.isProxy(peer))).toEqual([
      ...[true, true, false, false],
    ]);
    expect(new TrustedProxies([]).isProxy('10.0.0.1')).toBe(false);
  });

  it('takes nobody’s word where none is trusted', () => {
    expect(new TrustedProxies([]).clientOf('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
  });

  it('takes a block for what it covers, an address for itself alone, and each family for its own', () => {
    const trusts = (cidr: string, peer: string) => new TrustedProxies([cidr]).clientOf(peer, '198.51.100.1') !== peer;
    expect(trusts('192.0.2.7', '192.0.2.7')).toBe(true);
    expect(trusts('192.0.2.7', '192.0.2.6')).toBe(false);
    expect(trusts('2001:db8::7', '2001:db8::7')).toBe(true);
    expect(trusts('2001:db8::7', '2001:db8::6')).toBe(false);
    expect(trusts('::ffff:192.0.2.7', '192.0.2.7')).toBe(true);
    expect(trusts('::ffff:192.0.2.7', '192.0.2.6')).toBe(false);
    expect(trusts('::ffff:0.0.0.0/96', '203.0.113.9')).toBe(true);
    expect(trusts('::ffff:0.0.0.0/95', '203.0.113.9')).toBe(false);
    expect(trusts('0.0.0.0/0', '2001:db8::7')).toBe(false);
    expect(trusts('::/0', '192.0.2.7')).toBe(false);
    expect(trusts('::/0', '2001:db8::7')).toBe(true);
  });

  it.each([
    ['[2001:db8:2::1]', '2001:db8:2::1'],
    ['[2001:db8:2::1]:443', '2001:db8:2::1'],
    ['198.51.100.1:65535', '198.51.100.1'],
    ['  198.51.100.1  ', '198.51.100.1'],
    ['2001:db8:2::1', '2001:db8:2::1'],
    ['x[2001:db8:2::1]', '10.0.0.1'],
    ['[2001:db8:2::1]:x', '10.0.0.1'],
    ['[2001:db8:2::1]:443x', '10.0.0.1'],
    ['x198.51.100.1:80', '10.0.0.1'],
    ['198.51.100.1:', '10.0.0.1'],
    ['198.51.100.1:80x', '10.0.0.1'],
  ])('reads the client of %j', (header, client) => {
    expect(proxies.clientOf('10.0.0.1', header)).toBe(client);
  });

  it('reads an entry that begins the header with a comma, and each trusted one from the right', () => {
    expect(proxies.clientOf('10.0.0.1', ',10.0.0.2')).toBe('10.0.0.2');
    expect(proxies.clientOf('10.0.0.1', '198.51.100.1,')).toBe('10.0.0.1');
  });
});
