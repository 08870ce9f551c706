import ipaddr from 'ipaddr.js';
import { parsedWord } from './scalars.js';

/** Four decimal numbers without leading zeros, or IPv6: `10/8` would be read as 0.0.0.10/8. */
const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** Whether it is an IP address, or a block of them. */
export const isAddressBlock = (text: string): boolean =>
  isAddress(text.replace(/\/\d+$/, '')) && (isAddress(text) || ipaddr.isValidCIDR(text));

export const addressBlock = parsedWord('must be an address or a block such as 10.0.0.0/8 or 2001:db8::/32', (value) =>
  isAddressBlock(value) ? value : undefined,
);
