import { readHost, refuseAddress, withoutBlanksAround } from './address.js';

/** The host that a server listens on; an IPv6 address may stand in brackets. Throws `configuration`. */
export const parseListenHost = (text: string): string => {
  const host = withoutBlanksAround(text);
  if (host.includes('/') || /^[^:[]*:\d*$/.test(host) || /\]:/.test(host)) {
    throw refuseAddress('must be a host alone, such as 0.0.0.0 or ::; the port is a setting of its own');
  }
  return readHost(host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
};
