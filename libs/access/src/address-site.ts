import ipaddr from 'ipaddr.js';

/** The bits of an IPv6 address that a provider gives to one customer; the rest is the customer's to vary. */
const IPV6_SITE_BITS = 64;

/** One name per customer: an IPv4 address, also when mapped into IPv6, or the /64 of an IPv6 address. */
export const addressSite = (address: string): string => {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_SITE_BITS}`).toString();
};
