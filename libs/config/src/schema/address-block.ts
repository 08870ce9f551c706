import ipaddr from 'ipaddr.js';
import { parsed } from './scalars.js';

/** An IP address, or a block of them. */
export const addressBlock = parsed('must be an address or a block such as 10.0.0.0/8 or 2001:db8::/32', (value) =>
  ipaddr.isValidCIDR(value.trim()) || ipaddr.isValid(value.trim()) ? value.trim() : undefined,
);
