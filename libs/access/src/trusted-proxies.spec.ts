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
    ['mapped into IPv6', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['a block that is mapped into IPv6', '172.16.5.5', '198.51.100.1', '198.51.100.1'],
    ['of IPv6', '2001:db8:1::5', '2001:db8:2::1', '2001:db8:2::1'],
    ['with ports and brackets', '10.0.0.1', '[2001:db8:2::1]:80, 10.0.0.2:4711', '2001:db8:2::1'],
    ['with what is no address', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['with what is no address further left', '10.0.0.1', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['with commas alone', '10.0.0.1', ',,,', '10.0.0.1'],
    ['a socket without an address', '', '198.51.100.1', ''],
  ])('%s', (_what, peer, header, client) => {
    expect(proxies.clientOf(peer, header)).toBe(client);
  });

  it('takes nobody’s word where none is trusted', () => {
    expect(new TrustedProxies([]).clientOf('127.0.0.1', '198.51.100.1')).toBe('127.0.0.1');
  });
});
