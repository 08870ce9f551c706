import ipaddr from 'ipaddr.js';
import { parsedWord } from './scalars.js';

/** Four decimal numbers without leading zeros, or IPv6: `10/8` would be read as 0.0.0.10/8. */
const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);

/** An IP address, or a block of them. */
export const addressBlock = parsedWord('must be an address or a block such as 10.0.0.0/8 or 2001:db8::/32', (value) =>
  isAddress(value.replace(/\/\d+$/, '')) && (isAddress(value) || ipaddr.isValidCIDR(value)) ? value : undefined,
);
