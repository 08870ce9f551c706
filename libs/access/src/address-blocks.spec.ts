import { AddressBlocks, parseIpAddress } from './address-blocks.js';

it('an address is four decimal numbers or IPv6, and one that is mapped into IPv6 is the IPv4 address', () => {
  expect(parseIpAddress('192.0.2.7')?.toString()).toBe('192.0.2.7');
  expect(parseIpAddress('2001:DB8::7')?.toString()).toBe('2001:db8::7');
  expect(parseIpAddress('::ffff:192.0.2.7')?.toString()).toBe('192.0.2.7');
  for (const text of ['', '9', '0x7f.1', '010.0.0.1', '192.0.2', '192.0.2.256', '2001:db8', 'host']) {
    expect([text, parseIpAddress(text)]).toEqual([text, undefined]);
  }
});

it('blocks contain what lies in any of them, and nothing that is no address', () => {
  const blocks = new AddressBlocks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  for (const inside of ['10.1.2.3', '192.0.2.7', '2001:db8::1', '::ffff:10.0.0.1']) {
    expect([inside, blocks.contains(inside)]).toEqual([inside, true]);
  }
  for (const outside of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '::1', '', '10', 'host']) {
    expect([outside, blocks.contains(outside)]).toEqual([outside, false]);
  }
  expect(new AddressBlocks([]).contains('10.1.2.3')).toBe(false);
});
